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
   * @throws ProblemError 503 or 504 where the database is at fault; pg.DatabaseError where the statement is
   */
  read<T>(signal: AbortSignal, work: (client: ClientBase) => Promise<T>): Promise<T>;
  /** One round trip to the server. @throws ProblemError as `read` does */
  ping(signal: AbortSignal): Promise<void>;
  /** The catalog, from memory while it is young enough. @throws ProblemError as `read` does */
  catalog(signal: AbortSignal): Promise<Catalog>;
  /** The catalog as last read, however old. */
  lastCatalog(): Catalog | undefined;
  /** Makes the next `catalog()` read it anew. */
  forgetCatalog(): void;
  /** Type names by oid, as far as they were met. */
  types: Map<number, ColumnType>;
  end(): Promise<void>;
};

/** Connects lazily: a database that is down keeps the service from nothing but its own questions. */
export function openDatabase(name: string, url: string, config: Config, onIdleError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'plumbline-reference',
    max: config.SQL_POOL_MAX,
    connectionTimeoutMillis: config.SQL_CONNECT_TIMEOUT_MS,
    // The statement's own limit speaks first; this one is for a server that says nothing at all.
    query_timeout: config.SQL_STATEMENT_TIMEOUT_MS + 1_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without a listener, the loss of an idle connection would end the process.
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
