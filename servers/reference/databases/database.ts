import pg, { type ClientBase, type Pool } from 'pg';
import type { Config } from '../config.ts';
import { databaseSpan } from '../tracing/database.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { databaseProblem, statementError } from './failures.ts';
import { readSession } from './session.ts';
import type { ColumnType } from './values.ts';

/** One database that questions can be asked of. */
export type Database = {
  name: string;
  pool: Pool;
  /**
   * Runs `work` in a read-only transaction.
   *
   * @throws ProblemError 503 or 504 for a failure of the database; pg.DatabaseError for one of the statement
   */
  read<T>(signal: AbortSignal, work: (client: ClientBase) => Promise<T>): Promise<T>;
  /** One round trip to the server. @throws ProblemError as `read` does */
  ping(signal: AbortSignal): Promise<void>;
  /** The catalog, from memory until it is too old. @throws ProblemError as `read` does */
  catalog(signal: AbortSignal): Promise<Catalog>;
  /** The catalog that was last read, of any age. */
  lastCatalog(): Catalog | undefined;
  /** Makes the next `catalog()` read the database again. */
  forgetCatalog(): void;
  /** The type names by oid that are known so far. */
  types: Map<number, ColumnType>;
  end(): Promise<void>;
};

/** Connects at the first use, so that a database that is down affects only its own questions. */
export function openDatabase(name: string, url: string, config: Config, onIdleError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'plumbline-reference',
    max: config.SQL_POOL_MAX,
    connectionTimeoutMillis: config.SQL_CONNECT_TIMEOUT_MS,
    // The statement's own limit ends first. This one is for a server that does not respond at all.
    query_timeout: config.SQL_STATEMENT_TIMEOUT_MS + 1_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without an error listener, the loss of an idle connection would end the process.
  pool.on('error', onIdleError);
  const schemas = config.SQL_SCHEMAS;
  let known: { catalog: Catalog; until: number } | undefined;

  const read: Database['read'] = async (signal, work) => {
    try {
      const session = { pool, schemas, statementTimeoutMs: config.SQL_STATEMENT_TIMEOUT_MS, signal };
      return await databaseSpan('read', name, () => readSession(session, work));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw statementError(error) ? error : databaseProblem(name, error);
    }
  };

  return {
    name,
    pool,
    read,
    ping: (signal) => read(signal, async () => {}),
    async catalog(signal) {
      if (known && known.until > performance.now()) return known.catalog;
      const catalog = await read(signal, (client) => readCatalog(client, schemas));
      known = { catalog, until: performance.now() + config.SQL_CATALOG_TTL_MS };
      return catalog;
    },
    lastCatalog: () => known?.catalog,
    forgetCatalog() {
      if (known) known.until = 0;
    },
    types: new Map(),
    end: () => pool.end(),
  };
}
