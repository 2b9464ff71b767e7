import type { ClientBase, Pool, PoolClient } from 'pg';
import pg from 'pg';
import { cancelStatement } from './cancel.ts';
import { ConnectionFailure, connectionLost } from './failures.ts';

type SessionOptions = {
  pool: Pool;
  schemas: readonly string[];
  statementTimeoutMs: number;
  signal: AbortSignal;
};

/**
 * Lends a connection inside a read-only transaction, in UTC, with the allowed schemas only and a time limit for every
 * statement. When `signal` aborts, the statement is cancelled in Postgres and the signal's reason is thrown. A lost
 * connection (by a restart, or while idle) is replaced once, which is safe for reads.
 */
export async function readSession<T>(options: SessionOptions, work: (client: ClientBase) => Promise<T>): Promise<T> {
  try {
    return await session(options, work);
  } catch (error) {
    if (options.signal.aborted || !connectionLost(error)) throw error;
    return await session(options, work);
  }
}

async function session<T>(options: SessionOptions, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const { pool, signal } = options;
  signal.throwIfAborted();
  const client = await pool.connect().catch((cause: unknown) => {
    throw new ConnectionFailure('no connection', { cause });
  });
  if (signal.aborted) {
    client.release();
    throw signal.reason;
  }
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const abort = () => {
    cancelStatement(client);
    broken.reject(signal.reason);
  };
  client.once('error', broken.reject);
  signal.addEventListener('abort', abort, { once: true });
  let healthy = false;
  try {
    const done = begin(client, options).then(() => work(client));
    done.catch(() => {});
    const result = await Promise.race([done, broken.promise]);
    await client.query('ROLLBACK');
    healthy = true;
    return result;
  } catch (error) {
    healthy = error instanceof pg.DatabaseError && !connectionLost(error) && (await rolledBack(client));
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    client.removeListener('error', broken.reject);
    client.release(!healthy);
  }
}

function begin(client: PoolClient, { schemas, statementTimeoutMs }: SessionOptions) {
  return client.query(
    `BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${statementTimeoutMs}; SET LOCAL TimeZone = 'UTC'; ` +
      // By default, cursors are planned for the first tenth of the result, but the whole result is read.
      `SET LOCAL DateStyle = 'ISO'; SET LOCAL cursor_tuple_fraction = 1; SET LOCAL search_path = ${schemas.join(', ')}`,
  );
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
