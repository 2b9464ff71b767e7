import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Question, readQuestions } from './read.ts';

const folder = dirname(fileURLToPath(import.meta.url));

const databases = ['shop', 'clinic'] as const;
const categories = ['SQL-01', 'SQL-02', 'SQL-03', 'SQL-04', 'SQL-05', 'SQL-06', 'SQL-07'] as const;

const bundledSchema = z.array(
  z.object({
    id: z.string(),
    db_id: z.enum(databases),
    question: z.string(),
    query: z.string(),
    categories: z.array(z.enum(categories)).min(1),
    difficulty: z.enum(['easy', 'medium', 'hard', 'extra']),
  }),
);
const routingSchema = z.array(z.object({ id: z.string(), question: z.string(), database: z.enum(databases) }));
const nonsenseSchema = z.array(
  z.object({ id: z.string(), question: z.string(), kind: z.enum(['gibberish', 'off-topic', 'missing-data']) }),
);
const knownFailureSchema = z.array(z.object({ id: z.string(), note: z.string() }));

function read<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

export type BundledQuestion = Question & z.infer<typeof bundledSchema>[number];

/** Every hand-worded question with its gold SQL. SQL-06, SQL-08 and SQL-09 hold for each, whatever it is tagged. */
export const questions: readonly BundledQuestion[] = bundledSchema.parse(readQuestions(folder));

/** Questions that only say which database they are about (SQL-09). */
export const routingQuestions: readonly z.infer<typeof routingSchema>[number][] = read('routing.json', routingSchema);

/** Questions that neither database can answer (SQL-08). */
export const nonsenseQuestions: readonly z.infer<typeof nonsenseSchema>[number][] = read(
  'nonsense.json',
  nonsenseSchema,
);

/** Ids of the questions that the bundled model gets wrong, with what it does: kept in the set, never reworded. */
export const knownFailures: ReadonlyMap<string, string> = new Map(
  read('known-failures.json', knownFailureSchema).map(({ id, note }) => [id, note]),
);

/**
 * The bundled question with this id.
 *
 * @throws when there is none
 */
export function question(id: string): BundledQuestion {
  const found = questions.find((one) => one.id === id);
  if (!found)
    throw new Error(`No bundled question ${id}; ids run from ${questions[0]?.id} to ${questions.at(-1)?.id}.`);
  return found;
}

/**
 * Some questions of a category that the bundled model is not known to get wrong: taken from both databases in turn, in
 * the order of the set.
 *
 * @param count how many; fewer when the set has fewer
 */
export function answerable(category: (typeof categories)[number], count: number): BundledQuestion[] {
  const fit = questions.filter((one) => one.categories.includes(category) && !knownFailures.has(one.id));
  const [first, second] = databases.map((database) => fit.filter((one) => one.db_id === database));
  const inTurn = (first ?? []).flatMap((one, index) => [one, ...(second?.[index] ? [second[index]] : [])]);
  return inTurn.slice(0, count);
}
