import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import { connectionLost } from '../databases/failures.ts';

const lookMs = 50;
const looks = 20;

/**
 * Runs `work` in a transaction. Where the connection is lost before Postgres has answered to COMMIT, it is asked on
 * another one how that ended: what is kept is not to be refused, or its caller would write it twice.
 *
 * @throws what `work` or Postgres throws; where nobody can be asked, the loss of the connection
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
    if (last?.xid && connectionLost(error) && (await isCommitted(knex, last.xid).catch(() => false)))
      return last.result;
    throw error;
  }
}

async function isCommitted(knex: Knex, xid: string): Promise<boolean> {
  for (let look = 1; ; look++) {
    const status = await statusOf(knex, xid).catch((error: unknown) => {
      // Whatever cut the first connection may cut this one.
      if (!connectionLost(error) || look >= looks) throw error;
      return 'in progress';
    });
    if (status !== 'in progress' || look >= looks) return status === 'committed';
    await delay(lookMs);
  }
}

async function statusOf(knex: Knex, xid: string): Promise<string | null | undefined> {
  const { rows } = await knex.raw<{ rows: { status: string | null }[] }>('SELECT pg_xact_status(?::xid8) AS status', [
    xid,
  ]);
  return rows[0]?.status;
}
