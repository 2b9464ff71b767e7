import type { FastifyBaseLogger } from 'fastify';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Config } from '../config.ts';
import { traceQueries } from '../tracing/database.ts';
import { sourceOf } from './migrations.ts';
import { platformMigrations } from './schema.ts';

/** The service's own database, and the job queue that lives in it. */
export type Platform = {
  knex: Knex;
  /** Started; queues are created by whoever works on them. */
  boss: PgBoss;
  /** One round trip. @throws what the driver throws */
  ping(): Promise<void>;
  /** Lets running jobs end within the time given, then closes every connection. */
  end(timeoutMs: number): Promise<void>;
};

/** The name under which problems and readiness speak of this database. */
export const platformName = 'platform';

/**
 * Connects, brings the schema up to date (of several instances that boot at once, one does) and starts the queue.
 *
 * @throws what Postgres says, when it cannot be reached: a service without its own database is of no use
 */
export async function openPlatform(config: Config, url: string, logger: FastifyBaseLogger): Promise<Platform> {
  const knex = knexFactory({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'plumbline-reference',
      connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
      statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      // The statement's own limit speaks first; this one is for a server that says nothing at all.
      query_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS + 1_000,
      keepAlive: true,
    },
    pool: { min: 0, max: config.DATABASE_POOL_MAX },
    acquireConnectionTimeout: config.DATABASE_CONNECT_TIMEOUT_MS,
  });
  traceQueries(knex, platformName);
  try {
    await alone(url, config.DATABASE_CONNECT_TIMEOUT_MS, () =>
      knex.migrate.latest({ migrationSource: sourceOf(platformMigrations), tableName: 'schema_migrations' }),
    );
    const boss = new PgBoss({
      connectionString: url,
      application_name: 'plumbline-reference-jobs',
      max: 4,
      // Nothing is done at set times.
      schedule: false,
      // Workers are woken when a job arrives; polling is the backstop.
      useListenNotify: true,
      connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
    });
    boss.on('error', (err) => logger.warn({ err }, 'job queue'));
    await boss.start();
    return {
      knex,
      boss,
      async ping() {
        await knex.raw('SELECT 1');
      },
      async end(timeoutMs) {
        await boss.stop({ graceful: true, timeout: timeoutMs, close: true }).catch(() => {});
        await knex.destroy();
      },
    };
  } catch (error) {
    await knex.destroy();
    throw error;
  }
}

/**
 * Does something while no other instance does. Knex locks what it migrates, but not the making of its own tables: of two
 * first boots at once, one would fail.
 */
async function alone(url: string, connectionTimeoutMillis: number, work: () => Promise<unknown>): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'plumbline-reference-boot',
    connectionTimeoutMillis,
  });
  // Whether the connection is lost shows in what is asked of it.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(hashtext('plumbline-reference-boot'))`);
    await work();
  } finally {
    await client.end();
  }
}
