import type { FastifyBaseLogger } from 'fastify';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Config } from '../config.ts';
import { traceQueries } from '../tracing/database.ts';
import { sourceOf } from './migrations.ts';
import { platformMigrations } from './schema.ts';

/** The service's own database, with the job queue in it. */
export type Platform = {
  knex: Knex;
  /** The started job queue. Each worker creates its own queue. */
  boss: PgBoss;
  /** One round trip. @throws the driver's errors */
  ping(): Promise<void>;
  /** Waits for running jobs within the given time, then closes every connection. */
  end(timeoutMs: number): Promise<void>;
};

/** The name of this database in problems and in the readiness report. */
export const platformName = 'platform';

/**
 * Connects, migrates the schema (only one of several instances that boot at once does) and starts the queue.
 *
 * @throws the driver's error if the database cannot be reached, because the service needs it
 */
export async function openPlatform(config: Config, url: string, logger: FastifyBaseLogger): Promise<Platform> {
  const knex = knexFactory({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'plumbline-reference',
      connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
      statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      // The statement's own limit ends first. This one is for a server that does not respond at all.
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
      // There are no scheduled jobs.
      schedule: false,
      // Workers are notified of new jobs, and poll only as a fallback.
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
 * Runs a function while no other instance runs one. Knex locks migrations, but not the creation of its own tables, so
 * one of two concurrent first boots would fail.
 */
async function alone(url: string, connectionTimeoutMillis: number, work: () => Promise<unknown>): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'plumbline-reference-boot',
    connectionTimeoutMillis,
  });
  // A lost connection is noticed by the queries on it.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(hashtext('plumbline-reference-boot'))`);
    await work();
  } finally {
    await client.end();
  }
}
