import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const folder = dirname(fileURLToPath(import.meta.url));

const knownFailureSchema = z.array(z.object({ id: z.string(), note: z.string() }));
const questionSchema = z.array(
  z.union([
    z.object({ id: z.string(), document: z.string(), question: z.string(), answer: z.string(), sentence: z.string() }),
    z.object({ id: z.string(), question: z.string() }).strict(),
  ]),
);

/** A document written for this project: a title and paragraphs of plain sentences. */
export type CorpusDocument = { readonly id: string; readonly title: string; readonly paragraphs: readonly string[] };

/** Every document, by the name of its file. */
export const corpus: readonly CorpusDocument[] = readdirSync(join(folder, 'corpus'))
  .sort()
  .map((file) => {
    const [title = '', ...paragraphs] = readFileSync(join(folder, 'corpus', file), 'utf8')
      .trim()
      .split('\n\n');
    return { id: file.replace(/\.txt$/, ''), title, paragraphs };
  });

/** What the corpus can be asked: with the document, its sentence and the answer, or without where no document tells. */
export type CorpusQuestion = z.infer<typeof questionSchema>[number];

const questions = read('questions.json', questionSchema);

/** Questions that a sentence of the corpus answers. */
export const corpusQuestions = questions.filter((question) => 'document' in question);

/** Questions that no document of the corpus answers. */
export const elsewhereQuestions = questions.filter((question) => !('document' in question));

/** Ids of the questions that the bundled model gets wrong, with what it answers: kept in the set, never reworded. */
export const corpusKnownFailures: ReadonlyMap<string, string> = new Map(
  read('known-failures.json', knownFailureSchema).map(({ id, note }) => [id, note]),
);

function read<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
