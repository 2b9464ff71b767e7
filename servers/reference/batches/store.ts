import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ProblemError } from '../errors/problem.ts';
import { inTransaction } from '../platform/transaction.ts';
import type { ResolvedModel } from '../registry/registry.ts';
import type { TraceCarrier } from '../tracing/jobs.ts';
import { type Batch, type BatchRequest, type ItemResult, idOf, type Result } from './schemas.ts';

export type BatchRow = {
  id: string;
  owner: string;
  model: ResolvedModel;
  state: Batch['status'];
  total: number;
  request_id: string;
  trace: TraceCarrier;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
};

type ItemRow = {
  position: number;
  item_id: string;
  state: ItemResult['status'];
  attempts: number;
  result: Result | null;
  error: ItemResult['error'];
  finished_at: Date;
};

const unknownBatch = (id: string) => new ProblemError('not_found', `You have no batch with the id ${id}.`);

/** Stores a batch with all its items in one transaction. */
export async function insertBatch(
  knex: Knex,
  items: BatchRequest['items'],
  batch: Pick<BatchRow, 'owner' | 'model' | 'request_id' | 'trace'>,
): Promise<Batch> {
  const id = randomUUID();
  const rows = items.map(({ id: given, ...prompt }, position) => ({
    position,
    item_id: idOf({ id: given }, position),
    prompt,
  }));
  return inTransaction(knex, async (trx) => {
    const { owner, request_id } = batch;
    const [model, trace] = [JSON.stringify(batch.model), JSON.stringify(batch.trace)];
    await trx('batches').insert({ id, owner, model, request_id, trace, state: 'queued', total: items.length });
    await trx.raw(
      `INSERT INTO batch_items (batch_id, position, item_id, prompt, state)
       SELECT ?, position, item_id, prompt, 'queued'
       FROM jsonb_to_recordset(?::jsonb) AS item (position int, item_id text, prompt jsonb)`,
      [id, JSON.stringify(rows)],
    );
    // Read inside the transaction, because a stored batch must not be answered with an error of a later read.
    return findBatch(trx, id, owner);
  });
}

/** In one statement, so that the counts are consistent. @throws ProblemError 404 if it is another user's */
export async function findBatch(knex: Knex, id: string, owner: string): Promise<Batch> {
  const { rows } = await knex.raw<{ rows: (BatchRow & { counts: Partial<Batch['counts']> })[] }>(
    `SELECT batches.*, (
       SELECT jsonb_object_agg(state, items) FROM (
         SELECT state, count(*) AS items FROM batch_items WHERE batch_id = batches.id GROUP BY state
       ) AS by_state
     ) AS counts
     FROM batches WHERE id = ? AND owner = ?`,
    [id, owner],
  );
  const [row] = rows;
  if (!row) throw unknownBatch(id);
  const { name, version, served_id } = row.model;
  return {
    id,
    model: { name, version, served_id },
    status: row.state,
    total: row.total,
    counts: { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, ...row.counts },
    results_url: `/api/v1/batches/${id}/results`,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

/**
 * Cancels all unfinished items. Results of items that still run are discarded.
 *
 * @returns the number of cancelled items; 0 if the batch was cancelled before
 * @throws ProblemError 404 if it is another user's, 409 if it has finished
 */
export async function cancelBatch(knex: Knex, id: string, owner: string): Promise<number> {
  return inTransaction(knex, async (trx) => {
    const row = await trx('batches').where({ id, owner }).forUpdate().first('state');
    if (!row) throw unknownBatch(id);
    if (row.state === 'cancelled') return 0;
    if (row.state === 'done' || row.state === 'failed')
      throw new ProblemError('batch_finished', `The batch is ${row.state}; nothing is left to cancel.`);
    const cancelled = await trx('batch_items')
      .where({ batch_id: id })
      .whereIn('state', ['queued', 'running'])
      .update({ state: 'cancelled', worker: null, finished_at: trx.raw('clock_timestamp()') });
    await trx('batches')
      .where({ id })
      .update({ state: 'cancelled', finished_at: trx.raw('clock_timestamp()') });
    return cancelled;
  });
}

const page = 500;

/** The results of a finished batch in the order of submission, read page by page. */
export async function* results(knex: Knex, id: string): AsyncGenerator<ItemResult> {
  for (let from = 0; ; from += page) {
    const rows: ItemRow[] = await knex('batch_items')
      .where({ batch_id: id })
      .whereBetween('position', [from, from + page - 1])
      .orderBy('position');
    for (const row of rows) yield asResult(row);
    if (rows.length < page) return;
  }
}

const asResult = (row: ItemRow): ItemResult => ({
  id: row.item_id,
  index: row.position,
  status: row.state,
  output: row.result?.output ?? null,
  finish_reason: row.result?.finish_reason ?? null,
  usage: row.result?.usage ?? null,
  latency_ms: row.result?.latency_ms ?? null,
  error: row.error,
  attempts: row.attempts,
  finished_at: row.finished_at.toISOString(),
});
