import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import pg from 'pg';
import { connectionLost } from '../databases/failures.ts';
import { dependencyProblem } from '../errors/problem.ts';
import { platformName } from './platform.ts';

const lookMs = 50;
const looks = 20;

/**
 * Runs `work` in a transaction. Where the connection is lost before Postgres has answered to COMMIT, it is asked on
 * another one how that ended: what is kept is not to be refused, or its caller would write it twice.
 *
 * @throws what `work` or Postgres throws; ProblemError 504 `database_outcome_unknown` where COMMIT was sent and nobody
 *   can be asked how it ended
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
    // TypeScript does not see what the callback assigns.
    const last = done as { result: T; xid: string | null } | undefined;
    // Nothing was written, or Postgres itself says that it is not kept.
    if (!last?.xid || (error instanceof pg.DatabaseError && error.severity === 'ERROR')) throw error;
    // One that does not answer would not answer this either.
    const status = connectionLost(error) ? await endOf(knex, last.xid).catch(() => undefined) : undefined;
    if (status === 'committed') return last.result;
    throw status === 'aborted' ? error : unknownOutcome(error);
  }
}

/** No Retry-After: whoever repeats it without a look may write it twice. */
const unknownOutcome = (cause: unknown) =>
  dependencyProblem(
    'database_outcome_unknown',
    `postgres:${platformName}`,
    'The database went away while it was asked to keep what was written, and may have kept it: look before you repeat it.',
    { cause },
  );

/** How a transaction ended; `in progress` where it has not even now. */
async function endOf(knex: Knex, xid: string): Promise<string | null | undefined> {
  for (let look = 1; ; look++) {
    const status = await statusOf(knex, xid).catch((error: unknown) => {
      // Whatever cut the first connection may cut this one.
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
