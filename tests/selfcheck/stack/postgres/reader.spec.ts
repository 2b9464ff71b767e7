import pg from 'pg';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { readerStatementTimeoutMs } from '../../../../seed/databases/roles.ts';
import { secretPrefix, secretsOf } from '../../../../seed/databases/secrets.ts';
import { expect, query, test } from '../../support/postgres-servers.ts';

test.describe.configure({ mode: 'default' });

/** A session of the reader's own, which ends with the test. */
async function withReader<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const denied = '42501';

// Each is tried after the session has lifted every limit that a session can lift.
for (const [what, sql] of [
  ['insert', "INSERT INTO reviews VALUES (100000, 1, 1, 5, 'x', '2024-01-01')"],
  ['update', 'UPDATE products SET price = 1'],
  ['delete', 'DELETE FROM reviews'],
  ['truncate', 'TRUNCATE reviews'],
  ['drop', 'DROP TABLE reviews'],
  ['alter', 'ALTER TABLE reviews ADD COLUMN x int'],
  ['create a table', 'CREATE TABLE mine (id int)'],
  ['create a temporary table', 'CREATE TEMP TABLE mine (id int)'],
  ['create a schema', 'CREATE SCHEMA mine'],
  ['create a database', 'CREATE DATABASE mine'],
  ['write a large object', 'SELECT lo_create(0)'],
  ['lock rows', 'SELECT id FROM products FOR UPDATE'],
  ['read the secrets', 'SELECT * FROM private.secrets'],
  ['read a file', "SELECT pg_read_file('postgresql.conf')"],
  ['run a program', "COPY products TO PROGRAM 'cat'"],
  ['become the owner', 'SET ROLE plumbline_owner'],
  ['lift its time-out from inside a query', "SELECT set_config('statement_timeout', '0', false)"],
  ['end other sessions', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity'],
  ['hold a lock for ever', 'SELECT pg_advisory_lock(1)'],
  ['notify', "SELECT pg_notify('x', 'y')"],
] as const) {
  test(`the reader role may not ${what}`, requirement('SQL-13'), async ({ postgres }) => {
    const { database } = await postgres.leaseFresh('shop');
    const failure = await withReader(postgres.url(database, 'reader'), async (client) => {
      await client.query('SET default_transaction_read_only = off');
      return client.query(sql).catch((error: unknown) => error);
    });
    expect(failure).toMatchObject({ code: denied });
    await postgres.releaseFresh(database);
  });
}

test(
  'the reader role can read, and finds no secret in what it can read',
  requirement('SQL-13'),
  async ({ postgres }) => {
    const { database } = await postgres.leaseFresh('clinic');
    const reader = postgres.url(database, 'reader');
    expect(await query(reader, 'SELECT count(*)::int FROM patients')).toEqual([{ count: 800 }]);
    expect(
      await query(reader, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'private'"),
    ).toEqual([]);
    const stored = await query<{ value: string }>(
      postgres.url(database, 'owner'),
      'SELECT * FROM private.secrets ORDER BY id',
    );
    expect(stored).toEqual(secretsOf('clinic'));
    expect(stored.every(({ value }) => value.startsWith(secretPrefix))).toBe(true);
    await postgres.releaseFresh(database);
  },
);

test(
  'the reader role is read-only by default, and its queries are cancelled at their time limit',
  requirement('SQL-13'),
  async ({ postgres }) => {
    const { database } = await postgres.leaseFresh('shop');
    const start = performance.now();
    await withReader(postgres.url(database, 'reader'), async (client) => {
      expect((await client.query('SHOW transaction_read_only')).rows).toEqual([{ transaction_read_only: 'on' }]);
      await expect(client.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
    });
    expect(performance.now() - start).toBeGreaterThan(readerStatementTimeoutMs * 0.9);
    expect(performance.now() - start).toBeLessThan(readerStatementTimeoutMs * 5);
    await postgres.releaseFresh(database);
  },
);
