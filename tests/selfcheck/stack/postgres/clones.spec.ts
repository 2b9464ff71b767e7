import pg from 'pg';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { skipAsInconclusive } from '../../../../fixtures/stack/optional/skip.ts';
import { createClones } from '../../../../fixtures/stack/postgres/clones.ts';
import { createFreshPool } from '../../../../fixtures/stack/postgres/fresh-pool.ts';
import type { StartedPostgres } from '../../../../fixtures/stack/postgres/types.ts';
import { percentile } from '../../../../fixtures/wire/latency/percentile.ts';
import { grantOnDatabaseSql, ownerRole } from '../../../../seed/databases/roles.ts';
import { expect, query, test } from '../../support/postgres-servers.ts';

test.describe.configure({ mode: 'default' });

const databasesOf = async (postgres: StartedPostgres): Promise<string[]> =>
  (await query<{ datname: string }>(postgres.url('postgres', 'admin'), 'SELECT datname FROM pg_database')).map(
    ({ datname }) => datname,
  );

const quantile = (values: readonly number[], share: number): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    share,
  ) ?? Number.NaN;

test('a write to one database clone is visible in no other', requirement('STACK-06'), async ({ postgres }) => {
  await postgres.createClone('shop', 'isolated_a');
  await postgres.createClone('shop', 'isolated_b');
  const { database: fresh } = await postgres.leaseFresh('shop');
  await query(postgres.url('isolated_a', 'owner'), 'DELETE FROM reviews');
  await postgres.createClone('shop', 'isolated_c');
  const left: Record<string, number | undefined> = {};
  for (const name of ['isolated_a', 'isolated_b', 'isolated_c', fresh]) {
    const [row] = await query<{ count: number }>(postgres.url(name, 'reader'), 'SELECT count(*)::int FROM reviews');
    left[name] = row?.count;
  }
  expect(left).toEqual({ isolated_a: 0, isolated_b: 1200, isolated_c: 1200, [fresh]: 1200 });
  for (const name of ['isolated_a', 'isolated_b', 'isolated_c']) await postgres.dropClone(name);
  await postgres.releaseFresh(fresh);
});

test('connections to a template database are refused, so that it can always be cloned', async ({ postgres }) => {
  for (const role of ['reader', 'owner', 'admin'] as const) {
    await expect(query(postgres.url('shop', role), 'SELECT 1'), role).rejects.toMatchObject({ code: '55000' });
  }
});

test(
  'databases that are leased at the same time are all different and complete',
  requirement('STACK-06'),
  async ({ postgres }) => {
    const leased = await Promise.all(Array.from({ length: 12 }, () => postgres.leaseFresh('clinic')));
    expect(new Set(leased.map(({ database }) => database)).size).toBe(12);
    const counted = await Promise.all(
      leased.map(({ database }) => query(postgres.url(database, 'reader'), 'SELECT count(*)::int FROM patients')),
    );
    expect(counted).toEqual(Array(12).fill([{ count: 800 }]));
    for (const { database } of leased) await postgres.releaseFresh(database);
  },
);

test(
  'a released database is dropped even while a client is connected to it',
  requirement('STACK-03'),
  async ({ postgres }) => {
    const { database } = await postgres.leaseFresh('shop');
    const lingering = new pg.Client(postgres.url(database, 'owner'));
    lingering.on('error', () => undefined);
    await lingering.connect();
    expect(await databasesOf(postgres)).toContain(database);
    await postgres.releaseFresh(database);
    await expect.poll(() => databasesOf(postgres), { message: 'the database is dropped' }).not.toContain(database);
    await expect(lingering.query('SELECT 1')).rejects.toThrow();
  },
);

test('a database name that Postgres would truncate is refused', async ({ postgres }) => {
  await expect(postgres.createClone('shop', 'x'.repeat(64))).rejects.toThrow(/63 bytes/);
});

test(
  'a warm pool leases a database in less than 5 ms at p95',
  requirement('STACK-06'),
  async ({ postgres }, testInfo) => {
    const admin = new pg.Pool({ connectionString: postgres.url('postgres', 'admin'), max: 4 });
    const clones = createClones(admin, (template) => template);
    let ready = 0;
    const create = async (template: string, name: string) => {
      await clones.create(template, `warm_${name}`);
      ready += 1;
    };
    const pool = createFreshPool(create, (name) => clones.drop(`warm_${name}`));
    const times: number[] = [];
    pool.prewarm('shop');
    for (let lease = 0; lease < 40; lease++) {
      // A test that uses its database gives the pool this much time to refill, which is not measured here.
      await expect.poll(() => ready, { message: 'the pool is refilled', intervals: [2] }).toBeGreaterThan(0);
      const leased = await pool.lease('shop');
      ready -= 1;
      expect(leased.warm).toBe(true);
      times.push(leased.ms);
      pool.release(leased.database);
    }
    await pool.close();
    await admin.end();
    const shown = `p50 ${quantile(times, 0.5).toFixed(2)} ms, p95 ${quantile(times, 0.95).toFixed(2)} ms of ${times.length}`;
    testInfo.annotations.push({ type: 'warm hand-out', description: shown });
    expect(quantile(times, 0.95), shown).toBeLessThan(5);
  },
);

test(
  'a lease from an empty pool takes at most 1.1 times as long as its statements sent directly',
  requirement('STACK-06'),
  async ({ postgres }, testInfo) => {
    const admin = new pg.Pool({ connectionString: postgres.url('postgres', 'admin'), max: 2 });
    const clones = createClones(admin, (template) => template);
    // A pool that holds nothing ready: every lease finds it empty, and nothing is made in the background.
    const pool = createFreshPool(
      (template, name) => clones.create(template, `empty_${name}`),
      async () => undefined,
      0,
    );
    const direct = async (name: string) => {
      const start = performance.now();
      await admin.query(`CREATE DATABASE ${name} TEMPLATE shop OWNER ${ownerRole} STRATEGY FILE_COPY`);
      await admin.query(grantOnDatabaseSql(name));
      const ms = performance.now() - start;
      await clones.drop(name);
      return ms;
    };
    const times = { leased: [] as number[], direct: [] as number[], again: [] as number[] };
    // Every round trip waits while other programs hold the processor. The fastest tenth is what the work itself takes,
    // and the two direct series differ by what the machine adds.
    const fastest = (series: keyof typeof times) => quantile(times[series], 0.1);
    const ratio = () => fastest('leased') / Math.max(fastest('direct'), fastest('again'));
    for (let turn = 0; turn < 15 || (turn < 60 && ratio() > 1.1); turn++) {
      times.direct.push(await direct('direct_clone'));
      const leased = await pool.lease('shop');
      expect(leased.warm).toBe(false);
      times.leased.push(leased.ms);
      await clones.drop(`empty_${leased.database}`);
      times.again.push(await direct('direct_clone'));
    }
    const noise = Math.abs(fastest('direct') / fastest('again') - 1);
    const shown = `p10 ${fastest('leased').toFixed(1)} ms against ${fastest('direct').toFixed(1)} and ${fastest('again').toFixed(1)} ms, ratio ${ratio().toFixed(2)}, of ${times.direct.length} each`;
    await pool.close();
    await admin.end();
    testInfo.annotations.push({ type: `cold hand-out (FILE_COPY)`, description: shown });
    skipAsInconclusive(
      testInfo,
      ratio() > 1.1 && noise > 0.05,
      `inconclusive: the machine is too busy to tell: ${shown}`,
    );
    expect(ratio(), shown).toBeLessThanOrEqual(1.1);
  },
);

test('a lease that cannot be served fails with the reason, and the next one is tried again', async () => {
  let fails = true;
  const create = async () => {
    if (fails) throw new Error('no room');
  };
  const pool = createFreshPool(create, async () => undefined);
  await expect(pool.lease('shop')).rejects.toThrow('no room');
  fails = false;
  expect(await pool.lease('shop')).toMatchObject({ warm: false });
  await pool.close();
  await expect(pool.lease('shop')).rejects.toThrow(/being stopped/);
});
