import type { Knex } from 'knex';
import type { Claim } from './claims.ts';

const lostWorker = JSON.stringify({
  code: 'worker_lost',
  message: 'Every instance of the service that ran this item died before it was done.',
});

type Held = Pick<Claim, 'batch_id' | 'position'>;

/** Renews this worker's heartbeat, and removes workers whose heartbeat is too old. */
export async function beat(knex: Knex, worker: string, leaseMs: number): Promise<void> {
  await knex.raw(
    `INSERT INTO batch_workers (id, seen_at) VALUES (?, clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
    [worker],
  );
  await knex.raw(`DELETE FROM batch_workers WHERE seen_at < clock_timestamp() - make_interval(secs => ?)`, [
    leaseMs / 1_000,
  ]);
}

/**
 * Requeues running items whose worker is dead, and items of this worker that it does not know, because a claim or a
 * result was lost with a connection. Locked items are skipped until the next time.
 *
 * @param held the items that this worker runs
 * @param maxAttempts after this many dead workers an item fails, because it may be the cause
 * @returns the new states of the items
 */
export async function recover(
  knex: Knex,
  worker: string,
  held: readonly Held[],
  maxAttempts: number,
): Promise<('queued' | 'failed')[]> {
  const { rows } = await knex.raw<{ rows: { state: 'queued' | 'failed' }[] }>(
    `WITH lost AS (
       SELECT batch_id, position FROM batch_items AS item
       WHERE state = 'running' AND CASE WHEN worker = :worker
         THEN NOT EXISTS (
           SELECT FROM unnest(CAST(:batches AS uuid[]), CAST(:positions AS int[])) AS held (batch_id, position)
           WHERE held.batch_id = item.batch_id AND held.position = item.position)
         ELSE NOT EXISTS (SELECT FROM batch_workers WHERE id = worker) END
       FOR UPDATE SKIP LOCKED
     )
     UPDATE batch_items AS item SET
       state = CASE WHEN attempts < :max THEN 'queued' ELSE 'failed' END,
       error = CASE WHEN attempts < :max THEN NULL ELSE CAST(:error AS jsonb) END,
       finished_at = CASE WHEN attempts < :max THEN NULL ELSE clock_timestamp() END,
       worker = NULL
     FROM lost WHERE item.batch_id = lost.batch_id AND item.position = lost.position
     RETURNING item.state`,
    {
      worker,
      batches: held.map(({ batch_id }) => batch_id),
      positions: held.map(({ position }) => position),
      max: maxAttempts,
      error: lostWorker,
    },
  );
  return rows.map(({ state }) => state);
}

/** The items that a worker still holds: another instance may have cancelled or requeued some. */
export async function stillHeld(knex: Knex, worker: string): Promise<Held[]> {
  return knex('batch_items').where({ worker, state: 'running' }).select('batch_id', 'position');
}

/** Removes this worker. Its items must have been handed back before. */
export async function leave(knex: Knex, worker: string): Promise<void> {
  await knex('batch_workers').where({ id: worker }).delete();
}
