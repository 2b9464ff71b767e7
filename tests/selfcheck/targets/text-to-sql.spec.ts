import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { type InlineRun, outcomes, runProject } from '../support/inline-run.ts';
import { type Change, copyTarget } from '../support/own-target.ts';

/** The specs that say something of this service, and a few that must be skipped. */
const specs = ['own-questions', 'resilience/dependencies', 'sql-safety', 'stack.spec', 'smoke', 'text-to-sql'];
const suites = ['--project=journey', '--project=resilience', '--workers=2', ...specs];

test.beforeEach(() => test.setTimeout(240_000));

const of = (run: InlineRun, status: string): string[] =>
  outcomes(run)
    .filter((one) => one.status === status)
    .map(({ title }) => title);

test(
  'a service of thirty lines over a database of its own is started from its description, asked its own questions, and disturbed at its link',
  requirement('OWN-01', 'OWN-02', 'OWN-03', 'OWN-06', 'STACK-08'),
  async ({}, testInfo) => {
    const run = await runProject(testInfo, suites, { TARGET_PROFILE: copyTarget(testInfo, 'text-to-sql') });
    expect(of(run, 'failed'), run.stderr).toEqual([]);
    const passed = of(run, 'passed');
    expect(passed.filter((title) => title.startsWith('question '))).toHaveLength(6);
    expect(passed.filter((title) => title.startsWith('while postgres '))).toHaveLength(4);
    expect(passed.filter((title) => title.endsWith('changes no row'))).toHaveLength(6);
    const reasons = outcomes(run).filter(({ status }) => status === 'skipped');
    expect(
      reasons.filter(({ annotations }) => !annotations.some((text) => text.startsWith('skip: needs '))),
      'tests that are skipped without the name of a need',
    ).toEqual([]);
    expect(run.code).toBe(0);
  },
);

const server = 'server.mjs';

/** A test that a fault must turn red, and what its errors say then. */
type Red = readonly [title: RegExp, says: RegExp];
const differs = /^Error: The answer differs from the result of the gold query/;

/** Faults that a team could ship, grouped by the run that shows them: each group is one service with all of its faults. */
const groups: readonly { what: string; changes: readonly Change[]; run: readonly string[]; reds: readonly Red[] }[] = [
  {
    what: 'answers questions wrongly: another condition, rows that its SQL does not find, a wrong join, a wrong order',
    changes: [
      [server, "WHERE state = '${state}'", "WHERE state <> '${state}'"],
      [server, 'result: rows }', "result: q.startsWith('How many deals') ? rows.slice(1) : rows }"],
      [server, 'LEFT JOIN deals d ON d.account_id = a.id WHERE d.id IS NULL', 'JOIN deals d ON d.account_id = a.id'],
      [server, 'ORDER BY amount DESC', 'ORDER BY amount'],
    ],
    run: ['own-questions'],
    reds: [
      [/^question lost /, differs],
      [/^question count-deals /, differs],
      [/^question no-deal /, differs],
      [/^question largest /, differs],
    ],
  },
  {
    what: 'deletes a row when a question has a quote in it, and fails with 500 at braces',
    changes: [
      [
        server,
        '  const [pattern, write] =',
        `  if (q.includes("'")) await pool.query("DELETE FROM deals WHERE id = 1");
  if (q.includes('{{')) return [500, { problem: 'oops' }];
  const [pattern, write] =`,
      ],
      ['plumbline.target.ts', 'postgres.sales.reader.url', 'postgres.sales.url'],
    ],
    run: ['sql-safety', '-g', 'changes no row'],
    reds: [
      [/SQL after a quote /, /the rows of every table/],
      [/template and shell code /, /an answer or a clear refusal/],
    ],
  },
  {
    what: 'waits for its database without a limit',
    changes: [[server, '  query_timeout: 2_000,\n', '']],
    run: ['resilience/dependencies', '-g', 'postgres is silent'],
    reds: [[/^while postgres is silent/, /hung|No .* more requests within/]],
  },
  {
    what: 'ends when an idle connection breaks',
    changes: [[server, "pool.on('error', (error) => console.error(`lost a connection: ${error.message}`));", '']],
    run: ['resilience/dependencies', '-g', 'postgres (refuses|resets)'],
    reds: [[/^while postgres (refuses|resets) connections/, /lost|The steady state/]],
  },
  {
    what: 'answers without rows when its database fails, or blames the caller',
    changes: [
      [
        server,
        "[503, { problem: 'the database does not answer' }]",
        "request.headers['content-length'] > 35 ? [200, { statement: 'SELECT 1', result: [] }] : [400, { problem: 'what?' }]",
      ],
    ],
    run: ['resilience/dependencies', '-g', 'postgres refuses'],
    reds: [
      [/^while postgres refuses connections/, /says that the request is at fault/],
      [/^while postgres refuses connections/, /the rows of question/],
    ],
  },
];

for (const { what, changes, run: args, reds } of groups)
  test(
    `a service that ${what} fails the tests that are about it`,
    requirement('OWN-03', 'OWN-06'),
    async ({}, testInfo) => {
      const env = { TARGET_PROFILE: copyTarget(testInfo, 'text-to-sql', changes) };
      const run = await runProject(
        testInfo,
        ['--project=journey', '--project=resilience', '--workers=2', ...args],
        env,
      );
      const failed = outcomes(run).filter(({ status }) => status === 'failed');
      for (const [title, says] of reds) {
        const red = failed.find((one) => title.test(one.title));
        expect(red?.title, `${failed.map((one) => one.title).join('\n')}\n${run.stderr}`).toMatch(title);
        expect(red?.errors.join('\n')).toMatch(says);
      }
    },
  );
