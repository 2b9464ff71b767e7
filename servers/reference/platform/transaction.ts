import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import pg from 'pg';
import { connectionLost } from '../databases/failures.ts';
import { dependencyProblem } from '../errors/problem.ts';
import { platformName } from './platform.ts';

const lookMs = 50;
const looks = 20;

/**
 * Runs `work` in a transaction. If the connection is lost before the answer to COMMIT, Postgres is asked on another
 * connection how the transaction ended. A committed write must not get an error, or the caller would repeat it.
 *
 * @throws errors of `work` and of Postgres; ProblemError 504 `database_outcome_unknown` if COMMIT was sent and its
 *   outcome cannot be found out
 */
export async function inTransaction<T>(knex: Knex, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  let done: { result: T; xid: string | null } | undefined;
  try {
    return await knex.transaction(async (trx) => {
      const result = await work(trx);
      const { rows } = await trx.raw<{ rows: { xid: string | null }[] }>(
        'SELECT pg_current_xact_id_if_assigned()::text AS xid',
      );
      done = { result, xid: rows[0]?.xid ?? null };
      return result;
    });
  } catch (error) {
    // TypeScript does not see the assignment in the callback.
    const last = done as { result: T; xid: string | null } | undefined;
    // Nothing was written, or Postgres has answered that it was rolled back.
    if (!last?.xid || (error instanceof pg.DatabaseError && error.severity === 'ERROR')) throw error;
    // A server that does not answer would not answer this query either.
    const status = connectionLost(error) ? await endOf(knex, last.xid).catch(() => undefined) : undefined;
    if (status === 'committed') return last.result;
    throw status === 'aborted' ? error : unknownOutcome(error);
  }
}

/** Without Retry-After, because a blind repetition may write twice. */
const unknownOutcome = (cause: unknown) =>
  dependencyProblem(
    'database_outcome_unknown',
    `postgres:${platformName}`,
    'The database went away while it was asked to keep what was written, and may have kept it: look before you repeat it.',
    { cause },
  );

/** How a transaction ended; `in progress` if it has not ended yet. */
async function endOf(knex: Knex, xid: string): Promise<string | null | undefined> {
  for (let look = 1; ; look++) {
    const status = await statusOf(knex, xid).catch((error: unknown) => {
      // The fault that cut the first connection may cut this one too.
      if (!connectionLost(error) || look >= looks) throw error;
      return 'in progress';
    });
    if (status !== 'in progress' || look >= looks) return status;
    await delay(lookMs);
  }
}

async function statusOf(knex: Knex, xid: string): Promise<string | null | undefined> {
  const { rows } = await knex.raw<{ rows: { status: string | null }[] }>('SELECT pg_xact_status(?::xid8) AS status', [
    xid,
  ]);
  return rows[0]?.status;
}
