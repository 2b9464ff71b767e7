import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

const questionSchema = z.object({
  id: z.string().optional(),
  db_id: z.string().min(1),
  question: z.string().min(1),
  query: z.string().min(1),
  categories: z.array(z.string()).default([]),
  difficulty: z.enum(['easy', 'medium', 'hard', 'extra']).optional(),
});

const tablesSchema = z.object({
  db_id: z.string().min(1),
  table_names_original: z.array(z.string()),
  column_names_original: z.array(z.tuple([z.number(), z.string()])),
  column_types: z.array(z.string()),
  primary_keys: z.array(z.union([z.number(), z.array(z.number())])),
  foreign_keys: z.array(z.tuple([z.number(), z.number()])),
});

/** One question in Spider's shape. `categories` and `difficulty` are ours: a real copy of Spider has neither. */
export interface Question {
  id: string;
  db_id: string;
  question: string;
  /** The gold SQL. */
  query: string;
  categories: string[];
  difficulty?: 'easy' | 'medium' | 'hard' | 'extra' | undefined;
}

/** One database of a `tables.json`, as Spider describes it. */
export type SpiderTables = z.infer<typeof tablesSchema>;

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} cannot be read as JSON. Point the folder setting at a copy of Spider.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Error(`${file} is not in Spider's shape: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The default is what a folder is measured on: our own `questions.json`, or a real copy's `dev.json`. */
const DEFAULT_SPLITS = ['questions', 'dev'];

/**
 * Reads the questions of a folder in Spider's shape: ours, or a real copy of Spider.
 *
 * @param folder holds `<split>.json` files and `tables.json`
 * @param splits file names without `.json`, such as `dev` or `train_spider`; those that are missing are passed over
 * @returns the questions in file order; one without an id gets `<split>-<position>`, counted from 1
 * @throws when no split is there, or a file is not in Spider's shape
 */
export function readQuestions(folder: string, splits: readonly string[] = DEFAULT_SPLITS): Question[] {
  const files = splits.map((split) => join(folder, `${split}.json`)).filter((file) => existsSync(file));
  if (files.length === 0) {
    throw new Error(`${folder} has none of ${splits.map((split) => `${split}.json`).join(', ')}.`);
  }
  return files.flatMap((file) =>
    readJson(file, z.array(questionSchema)).map((question, index) => ({
      ...question,
      id: question.id ?? `${basename(file, '.json')}-${String(index + 1).padStart(4, '0')}`,
    })),
  );
}

/**
 * Reads `tables.json` of a folder in Spider's shape.
 *
 * @throws when it is missing or not in Spider's shape
 */
export function readTables(folder: string): SpiderTables[] {
  return readJson(join(folder, 'tables.json'), z.array(tablesSchema));
}
