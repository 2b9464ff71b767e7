import type { Knex } from 'knex';
import type { Prompt } from '../realtime/prompts.ts';
import type { Batch, ItemError, Result } from './schemas.ts';
import type { BatchRow } from './store.ts';

/** An item that a worker has claimed. `attempts` includes this one, and identifies the claim. */
export type Claim = { batch_id: string; position: number; prompt: Prompt; attempts: number };

export type ClaimedBatch = Pick<BatchRow, 'id' | 'owner' | 'model' | 'request_id' | 'trace'>;

/**
 * Claims queued items that no other worker is claiming. The first items of all batches come before the second ones, so
 * that a small batch need not wait for a large one.
 *
 * @param limit the largest number of items
 */
export async function claim(knex: Knex, worker: string, limit: number): Promise<Claim[]> {
  const { rows } = await knex.raw<{ rows: Claim[] }>(
    `WITH next AS (
       SELECT batch_id, position FROM batch_items
       WHERE state = 'queued' AND (not_before IS NULL OR not_before <= now())
       ORDER BY position, batch_id LIMIT ? FOR UPDATE SKIP LOCKED
     )
     UPDATE batch_items AS item
     SET state = 'running', worker = ?, attempts = attempts + 1, not_before = NULL, started_at = clock_timestamp()
     FROM next WHERE item.batch_id = next.batch_id AND item.position = next.position
     RETURNING item.batch_id, item.position, item.prompt, item.attempts`,
    [limit, worker],
  );
  return rows;
}

/** Marks the batches of claimed items as running. */
export async function begin(knex: Knex, ids: string[]): Promise<Map<string, ClaimedBatch>> {
  await knex('batches')
    .whereIn('id', ids)
    .where({ state: 'queued' })
    .update({ state: 'running', started_at: knex.raw('coalesce(started_at, clock_timestamp())') });
  const rows: ClaimedBatch[] = await knex('batches')
    .whereIn('id', ids)
    .select('id', 'owner', 'model', 'request_id', 'trace');
  return new Map(rows.map((row) => [row.id, row]));
}

type Ending =
  | { state: 'done'; result: Result }
  | { state: 'failed'; error: ItemError }
  /** To be tried again, at once or later. */
  | { state: 'queued'; afterSeconds: number; counts: boolean };

/**
 * Ends a claim. Only its holder can end it, and only once.
 *
 * @returns whether the claim was still held: false if the batch was cancelled, or another worker has the item
 */
export async function end(knex: Knex, worker: string, claim: Claim, ending: Ending): Promise<boolean> {
  const { batch_id, position, attempts } = claim;
  const changes =
    ending.state === 'queued'
      ? {
          not_before: knex.raw(`clock_timestamp() + make_interval(secs => ?)`, [ending.afterSeconds]),
          attempts: ending.counts ? attempts : attempts - 1,
        }
      : {
          finished_at: knex.raw('clock_timestamp()'),
          result: ending.state === 'done' ? JSON.stringify(ending.result) : null,
          error: ending.state === 'failed' ? JSON.stringify(ending.error) : null,
        };
  const updated = await knex('batch_items')
    .where({ batch_id, position, attempts, worker, state: 'running' })
    .update({ state: ending.state, worker: null, ...changes });
  return updated === 1;
}

/**
 * Finishes batches without unfinished items. Call it after an item's result is committed: if the last two items end at
 * once, the later call sees both.
 *
 * @param id undefined for all batches, including those that a dead instance left unfinished
 * @returns the final states of the batches that this call finished
 */
export async function finishBatches(knex: Knex, id?: string): Promise<Batch['status'][]> {
  const { rows } = await knex.raw<{ rows: { state: Batch['status'] }[] }>(
    `UPDATE batches SET finished_at = clock_timestamp(), state = CASE
       WHEN EXISTS (SELECT FROM batch_items WHERE batch_id = batches.id AND state = 'done') THEN 'done' ELSE 'failed' END
     WHERE state IN ('queued', 'running') ${id === undefined ? '' : 'AND id = ?'}
       AND NOT EXISTS (SELECT FROM batch_items WHERE batch_id = batches.id AND state IN ('queued', 'running'))
     RETURNING state`,
    id === undefined ? [] : [id],
  );
  return rows.map(({ state }) => state);
}
