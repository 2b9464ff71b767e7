import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Cache, CacheOf } from '../cache/cache.ts';
import type { Citation } from './schemas.ts';

/** The part of an answer that is cached. */
export type KeptAnswer = { answer: string; answered: boolean; citations: Citation[] };

export const cachedAnswers = (cache: Cache): CacheOf<KeptAnswer> => cache.of<KeptAnswer>('ask');

/**
 * The cache key of an answer: the same question about the same documents has the same key. Adding or removing a
 * document changes the key, so that outdated answers are never found.
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
 * Caches an answer, after recording which documents it quotes. If one of them has been deleted, it is not cached.
 *
 * @throws the driver's errors
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
