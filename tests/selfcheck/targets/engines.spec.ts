import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { freePort } from '../../../fixtures/stack/free-port.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { type InlineRun, outcomes, runProject } from '../support/inline-run.ts';
import { type Change, copyTarget } from '../support/own-target.ts';

test.beforeEach(() => test.setTimeout(240_000));

const suites = ['--project=journey', '--project=resilience', '--workers=2'];
const of = (run: InlineRun, status: string): string[] =>
  outcomes(run).flatMap((one) => (one.status === status ? [one.title] : []));

const server = 'server.mjs';
const description = 'plumbline.target.ts';

test(
  'a service over a SQLite file of its own, filled once and copied for each worker, is asked its own questions, and no question changes a row',
  requirement('OWN-01', 'OWN-02', 'OWN-06', 'STACK-08'),
  async ({}, testInfo) => {
    const cache = testInfo.outputPath('cache');
    const env = { TARGET_PROFILE: copyTarget(testInfo, 'sqlite'), PLUMBLINE_CACHE_DIR: cache };
    const args = [...suites, 'own-questions', 'sql-safety'];
    const run = await runProject(testInfo, args, env);
    expect(of(run, 'failed'), run.stderr).toEqual([]);
    expect(of(run, 'passed').filter((title) => title.startsWith('question '))).toHaveLength(5);
    expect(of(run, 'passed').filter((title) => title.endsWith('changes no row'))).toHaveLength(6);
    expect(run.stderr).toContain('sqlite: filling deals (once');
    expect(run.stderr, 'what a service without a server does not need').not.toMatch(/postgres:|mysql:/);
    expect(run.code).toBe(0);

    const kept = fs.readdirSync(path.join(cache, 'sqlite'));
    expect(kept).toEqual([expect.stringMatching(/^deals-[0-9a-f]{16}\.sqlite$/)]);
    const again = await runProject(testInfo, [...args, '-g', 'question count'], env);
    expect(of(again, 'passed')).toHaveLength(1);
    expect(again.stderr, 'a second run with the same inputs').not.toContain('sqlite: filling');
  },
);

/** Faults of both services, which are asked the same questions: all in one, and the first thing that each red test says. */
const faults: readonly Change[] = [
  [server, 'amount > 900', 'amount >= 900'],
  [server, 'ORDER BY closed_on, id DESC', 'ORDER BY closed_on IS NULL, closed_on'],
  [server, 'upper(region) AS region, count(*) AS reps FROM reps GROUP BY 1', 'region, 1 AS reps FROM reps'],
];

const reds: readonly [title: RegExp, says: RegExp][] = [
  [/^question latest /, /Verdict {4}order on instance described[\s\S]*- row 1 should be \("Deal 5", NULL\)/],
  [/^question regions /, /Verdict {4}row-count[\s\S]*Expected 2 rows, received 3/],
];

function expectRed(run: InlineRun, expected: typeof reds): void {
  const failed = outcomes(run).filter(({ status }) => status === 'failed');
  expect(failed).toHaveLength(expected.length);
  for (const [title, says] of expected) {
    const red = failed.find((one) => title.test(one.title));
    expect(red?.errors.join('\n'), `${title}\n${run.stderr}`).toMatch(
      /^Error: The answer differs from the result of the gold query/,
    );
    expect(red?.errors.join('\n')).toMatch(says);
  }
}

/** Deals above a border on which one stands, so that >= finds one more. */
const border: Change = ['questions.jsonl', 'amount > 900', 'amount > 922.25'];
const borders: readonly Change[] = [border, [server, 'amount >= 900', 'amount >= 922.25']];
const tooMany: (typeof reds)[number] = [
  /^question large /,
  /Verdict {4}row-count[\s\S]*Expected \d+ rows, received \d+: 0 missing \(-\), 1 unexpected \(\+\)[\s\S]*\+ \("Deal \d+", "922\.25", (true|false|0|1)\)/,
];

test(
  'a service over SQLite with a wrong condition, a wrong place for NULL and a forgotten group fails the tests of those questions, with the rows',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const env = { TARGET_PROFILE: copyTarget(testInfo, 'sqlite', [...faults, ...borders]) };
    expectRed(await runProject(testInfo, [...suites, 'own-questions'], env), [...reds, tooMany]);
  },
);

test(
  'a SQLite database whose file of SQL is broken is one error, with the file and what SQLite says',
  requirement('OWN-02', 'STACK-07'),
  async ({}, testInfo) => {
    const broken: Change = ['schema.sql', 'CREATE TABLE deals', 'CREATE TABEL deals'];
    const env = { TARGET_PROFILE: copyTarget(testInfo, 'sqlite', [broken]) };
    const run = await runProject(testInfo, [...suites, 'own-questions'], env);
    const errors = outcomes(run).flatMap(({ errors }) => errors);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /^Error: A database of the description did not boot: The database "deals" of the description cannot be filled\. schema\.sql: SQLite says: near "TABEL": syntax error\. Correct /,
    );
  },
);

test(
  'SQL of an attached service is judged on the database that its description names, unless TARGET_DATABASES names another',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const profile = copyTarget(testInfo, 'sqlite', [
      [description, "engine: 'sqlite',", "engine: 'sqlite', url: 'file:deals.db',"],
    ]);
    const folder = path.dirname(profile);
    const [own, other] = ['deals.db', 'other.db'].map((name) => path.join(folder, name)) as [string, string];
    for (const file of [own, other]) {
      const database = new DatabaseSync(file);
      database.exec(fs.readFileSync(path.join(folder, 'schema.sql'), 'utf8'));
      if (file === other) database.exec('DELETE FROM deals WHERE id = 1');
      database.close();
    }
    await using service = await startServer(folder, own);
    const env = { TARGET_PROFILE: profile, TARGET_URL: service.url };
    const run = await runProject(testInfo, ['--project=journey', 'own-questions'], env);
    expect(of(run, 'passed'), run.stderr).toHaveLength(5);
    expect(run.code).toBe(0);
    const elsewhere = await runProject(testInfo, ['--project=journey', 'own-questions', '-g', 'question count'], {
      ...env,
      TARGET_DATABASES: JSON.stringify({ deals: `file://${other}` }),
    });
    const [red] = outcomes(elsewhere);
    expect(red?.errors.join('\n')).toMatch(/Verdict {4}rows on instance attached[\s\S]*- \(59\)[\s\S]*\+ \(60\)/);
  },
);

/** The service as somebody else runs it. */
async function startServer(cwd: string, file: string): Promise<AsyncDisposable & { url: string }> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), DEALS_FILE: file };
  const child = spawn(process.execPath, [server], { cwd, env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test.describe('over MariaDB or MySQL', () => {
  test.beforeEach(({}, testInfo) => skipWithout(testInfo, 'mysql server'));

  test(
    'a service over MariaDB or MySQL is started on a copy of its database, asked its own questions, and disturbed at its link',
    requirement('OWN-01', 'OWN-02', 'OWN-03', 'OWN-06', 'STACK-08'),
    async ({}, testInfo) => {
      const env = { TARGET_PROFILE: copyTarget(testInfo, 'mysql') };
      const run = await runProject(testInfo, [...suites, 'own-questions', 'sql-safety', 'dependencies'], env);
      expect(of(run, 'failed'), run.stderr).toEqual([]);
      expect(of(run, 'passed').filter((title) => title.startsWith('question '))).toHaveLength(5);
      expect(of(run, 'passed').filter((title) => title.endsWith('changes no row'))).toHaveLength(6);
      expect(of(run, 'passed').filter((title) => title.startsWith('while mysql '))).toHaveLength(4);
      expect(run.stderr).not.toContain('postgres:');
      expect(run.code).toBe(0);
    },
  );

  test(
    'a service over MariaDB or MySQL with wrong conditions, and without a limit for a silent database, fails the tests that are about it',
    requirement('OWN-03', 'OWN-06'),
    async ({}, testInfo) => {
      const patient: Change = [server, 'within(2_000,', 'within(200_000,'];
      const env = { TARGET_PROFILE: copyTarget(testInfo, 'mysql', [...faults, ...borders, patient]) };
      const run = await runProject(testInfo, [...suites, 'own-questions'], env);
      expectRed(run, [...reds, tooMany]);
      // Without the wrong answers: the traffic before a fault must be right.
      const hung = { TARGET_PROFILE: copyTarget(testInfo, 'mysql', [patient]) };
      const silent = await runProject(testInfo, [...suites, 'dependencies', '-g', 'mysql is silent'], hung);
      const red = outcomes(silent).find(({ status }) => status === 'failed');
      expect(red?.title, silent.stderr).toMatch(/^while mysql is silent/);
      expect(red?.errors.join('\n')).toMatch(/hung|No .* more requests within/);
    },
  );
});

test(
  'a database of MySQL where there is no such server is one error, with what brings one',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const env = { TARGET_PROFILE: copyTarget(testInfo, 'mysql'), PLUMBLINE_MYSQL: 'none' };
    const run = await runProject(testInfo, [...suites, 'own-questions'], env);
    const errors = outcomes(run).flatMap(({ errors }) => errors);
    expect(errors).toEqual([
      expect.stringMatching(
        /^Error: A database of the description did not boot: .*Install mariadb-server .* or set MYSQL_URL/,
      ),
    ]);
  },
);
