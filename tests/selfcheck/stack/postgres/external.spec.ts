import { randomBytes } from 'node:crypto';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { external } from '../../../../fixtures/stack/postgres/external.ts';
import { marker } from '../../../../fixtures/stack/postgres/marker.ts';
import type { StartedPostgres } from '../../../../fixtures/stack/postgres/types.ts';
import { templateNames } from '../../../../seed/databases/templates.ts';
import { expect, query, startOptions, test } from '../../support/postgres-servers.ts';

// In order: each test of this file builds on what the one before it did to the foreign server.
test.describe.configure({ mode: 'serial' });

// Nothing is written to its folder: an external run only takes its name from it.
const join = (url: string): Promise<StartedPostgres> =>
  external.start({ DATABASE_URL: url }, startOptions(`run-${randomBytes(4).toString('hex')}`));

/** The same server, another database or user. */
function at(url: string, database: string, user?: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  if (user) changed.username = user;
  return changed.href;
}

const namesOn = async (url: string): Promise<string[]> =>
  (await query<{ name: string }>(url, 'SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles'))
    .map(({ name }) => name)
    .sort();

test(
  'a Postgres server that cannot be reached gives one error that names DATABASE_URL and no password',
  requirement('STACK-07'),
  async () => {
    const failure = await join('postgres://me:hunter2@127.0.0.1:1/plumbline').catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toMatch(
      /^DATABASE_URL cannot be used: me@127\.0\.0\.1:1\/plumbline .*ECONNREFUSED.*unset it/,
    );
    expect((failure as Error).message).not.toContain('hunter2');
  },
);

test(
  'a database without the mark is refused with the command that marks one, and is left unchanged',
  requirement('STACK-07'),
  async ({ foreign }) => {
    const before = await namesOn(foreign.url);
    const refused = join(foreign.url);
    await expect(refused).rejects.toThrow(/database "postgres".*not marked/);
    await expect(refused).rejects.toThrow(`COMMENT ON DATABASE plumbline IS '${marker}'`);
    expect(await namesOn(foreign.url)).toEqual(before);
  },
);

test('a marked database that has tables is refused', requirement('STACK-07'), async ({ foreign }) => {
  await query(foreign.url, 'CREATE DATABASE production');
  await query(foreign.url, `COMMENT ON DATABASE production IS '${marker}'`);
  const url = at(foreign.url, 'production');
  await query(url, 'CREATE SCHEMA app');
  await query(url, 'CREATE TABLE app.orders (id int)');
  const before = await namesOn(foreign.url);
  await expect(join(url)).rejects.toThrow(/holds 1 table that Plumbline did not create/);
  expect(await namesOn(foreign.url)).toEqual(before);
});

test(
  'a user who may not create databases is refused with the missing privileges',
  requirement('STACK-07'),
  async ({ foreign }) => {
    await query(foreign.url, 'CREATE DATABASE plumbline');
    await query(foreign.url, `COMMENT ON DATABASE plumbline IS '${marker}'`);
    await query(foreign.url, 'CREATE ROLE joe LOGIN');
    await expect(join(at(foreign.url, 'plumbline', 'joe'))).rejects.toThrow(/CREATEDB CREATEROLE/);
  },
);

test(
  'a marked server is seeded once, even by two concurrent runs, and has only the templates afterwards',
  requirement('STACK-02', 'STACK-03'),
  async ({ foreign }, testInfo) => {
    await query(foreign.url, 'ALTER ROLE joe CREATEDB CREATEROLE');
    const before = await namesOn(foreign.url);
    const url = at(foreign.url, 'plumbline', 'joe');
    const runs = await Promise.all([join(url), join(url)]);
    expect(runs.map(({ report }) => report.detail['seeded']).sort()).toEqual([false, true]);
    for (const run of runs) {
      await run.createClone('shop', 'w0_shop');
      const { database } = await run.leaseFresh('clinic');
      expect(await query(run.url('w0_shop', 'reader'), 'SELECT count(*)::int FROM customers')).toEqual([
        { count: 600 },
      ]);
      expect(await query(run.url(database, 'reader'), 'SELECT count(*)::int FROM patients')).toEqual([{ count: 800 }]);
      await expect(query(run.url(database, 'reader'), 'SELECT * FROM private.secrets')).rejects.toMatchObject({
        code: '42501',
      });
      await query(run.url('w0_shop', 'owner'), 'DELETE FROM reviews');
      await run.dropClone('w0_shop');
      await run.createClone('shop', 'w1_shop');
    }
    await Promise.all(runs.map((run) => run.stop()));
    const added = (await namesOn(foreign.url)).filter((name) => !before.includes(name));
    expect(added).toHaveLength(templateNames.length + 2);
    expect(added.filter((name) => !name.startsWith('plumbline_template_'))).toEqual([
      'plumbline_owner',
      'plumbline_reader',
    ]);

    const again = await join(url);
    expect(again.report.detail['seeded']).toBe(false);
    testInfo.annotations.push({
      type: 'external',
      description: `first ${runs.map(({ report }) => Math.round(report.ms)).join(' and ')} ms, then ${Math.round(again.report.ms)} ms`,
    });
    await again.stop();
  },
);

test(
  'databases of a run that died long ago are swept, and those of a living run are not',
  requirement('STACK-03'),
  async ({ foreign }) => {
    const url = at(foreign.url, 'plumbline', 'joe');
    const living = await join(url);
    await living.createClone('shop', 'in_use');
    await query(url, 'CREATE DATABASE plumbline_run_1_dead_shop');
    await query(url, `CREATE DATABASE plumbline_run_${Math.floor(Date.now() / 60_000).toString(36)}_young_shop`);
    const sweeping = await join(url);
    expect(sweeping.report.detail['swept']).toBe(1);
    const names = await namesOn(foreign.url);
    expect(names).not.toContain('plumbline_run_1_dead_shop');
    expect(names.filter((name) => /_young_shop$|_in_use$/.test(name))).toHaveLength(2);
    await Promise.all([living.stop(), sweeping.stop()]);
  },
);
