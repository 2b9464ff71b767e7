import type { Knex } from 'knex';
import type { Claim } from './claims.ts';

const lostWorker = JSON.stringify({
  code: 'worker_lost',
  message: 'Every instance of the service that ran this item died before it was done.',
});

type Held = Pick<Claim, 'batch_id' | 'position'>;

/** Says that this worker lives, and strikes off those that were not heard of for too long. */
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
 * Takes running items back whose worker is dead, and those of this worker's that it knows nothing of: a claim, or a
 * result, may have been lost on its way. Locked items are somebody's business just now, and left for the next time.
 *
 * @param held what this worker is at
 * @param maxAttempts after so many deaths an item is taken for the cause
 * @returns what became of them
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

/** Which of these a worker still holds: an item may have been cancelled, or given away, through another instance. */
export async function stillHeld(knex: Knex, worker: string): Promise<Held[]> {
  return knex('batch_items').where({ worker, state: 'running' }).select('batch_id', 'position');
}

/** Says that this worker is gone; what it held was handed back before. */
export async function leave(knex: Knex, worker: string): Promise<void> {
  await knex('batch_workers').where({ id: worker }).delete();
}
