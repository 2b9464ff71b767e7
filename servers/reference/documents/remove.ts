import type { Knex } from 'knex';
import { cachedAnswers } from '../ask/cached-answers.ts';
import type { Cache } from '../cache/cache.ts';
import type { Jobs } from '../jobs/jobs.ts';

type Dependencies = { knex: Knex; jobs: Jobs; cache: Cache; forget(documentId: string): Promise<void> };

/** Removes a document with all that was derived from it, and cancels its jobs. */
export async function removeDocument(id: string, { knex, jobs, cache, forget }: Dependencies): Promise<void> {
  const keys = await knex.transaction(async (trx) => {
    await jobs.rows.cancelOfSubject(id, trx);
    const quoting = await trx('cached_answers').where({ document_id: id }).delete().returning('key');
    // The foreign keys delete text, chunks and bytes with it.
    await trx('documents').where({ id }).delete();
    return quoting.map(({ key }: { key: string }) => key);
  });
  const answers = cachedAnswers(cache);
  await Promise.all(keys.map((key) => answers.delete(key)));
  await forget(id);
}
