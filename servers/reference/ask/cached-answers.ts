import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Cache, CacheOf } from '../cache/cache.ts';
import type { Citation } from './schemas.ts';

/** What is worth keeping of an answer. */
export type KeptAnswer = { answer: string; answered: boolean; citations: Citation[] };

export const cachedAnswers = (cache: Cache): CacheOf<KeptAnswer> => cache.of<KeptAnswer>('ask');

/**
 * The key of an answer: whoever asks the same of the same documents gets it, and a document more or less makes
 * another key, so that an answer from what no longer is cannot be found.
 */
export const answerKey = (parts: {
  question: string;
  model: string;
  corpus: string;
  documentId?: string | undefined;
}) =>
  createHash('sha256')
    .update(
      JSON.stringify([parts.question.replaceAll(/\s+/g, ' '), parts.model, parts.corpus, parts.documentId ?? null]),
    )
    .digest('hex');

/**
 * Keeps an answer, and writes down which documents it quotes first: where one of them is gone by now, it is not kept.
 *
 * @throws what Postgres says
 */
export async function keepAnswer(
  knex: Knex,
  answers: CacheOf<KeptAnswer>,
  key: string,
  kept: KeptAnswer,
): Promise<void> {
  const quoted = [...new Set(kept.citations.map(({ document_id }) => document_id))];
  if (quoted.length > 0)
    await knex('cached_answers')
      .insert(quoted.map((document_id) => ({ document_id, key })))
      .onConflict(['document_id', 'key'])
      .ignore();
  await answers.set(key, kept);
}
