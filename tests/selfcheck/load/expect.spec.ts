import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { JSONReport } from '@playwright/test/reporter';
import { type JudgementJson, judgementSchema } from '../../../fixtures/load/report-schema.ts';
import { outcomes, runInline } from '../support/inline-run.ts';

const samples = JSON.stringify(fileURLToPath(new URL('./samples.ts', import.meta.url)));

test('only the verdict pass lets a load test succeed, and every test is annotated with its budgets and figures', async ({}, testInfo) => {
  const run = await runInline(testInfo, {
    'verdicts.spec.ts': `
import { expectBudget, test } from '$fixtures';
import { made } from ${samples};
const of = (ms, n = 20) => made({ latencies: Array.from({ length: n }, (_, i) => ms + i / 10) });
// An expected failure does not restart the worker.
const red = test.fail;
test('pass', async () => expectBudget(async () => of(50), 'login'));
red('fail', async () => expectBudget(async () => of(900), 'login'));
test('inconclusive', async () => expectBudget(async () => of(50, 3), 'login'));
red('invalid', async () => expectBudget(async () => of(50, 0), 'login'));
test('disturbed twice', async () => {
  const late = made({ latencies: [90, 91, 92, 93, 94, 95], lag: 80, busy: 900 });
  const tries = [late, late, of(50)];
  await expectBudget(async () => tries.shift(), 'login');
});
red('disturbed for good', async () =>
  expectBudget(async () => made({ latencies: [90, 91, 92, 93, 94, 95], lag: 80, busy: 900 }), 'login'));
red('measured once', async () => {
  const tries = [of(900), of(50)];
  await expectBudget(async () => tries.shift(), 'login');
});
red('never hit', async () => expectBudget(async () => of(50), 'login', { hits: 0 }));`,
  });
  const results = new Map(outcomes(run).map((outcome) => [outcome.title, outcome]));
  expect(Object.fromEntries([...results].map(([title, { status }]) => [title, status]))).toEqual({
    pass: 'passed',
    fail: 'failed',
    inconclusive: 'skipped',
    invalid: 'failed',
    'disturbed twice': 'passed',
    'disturbed for good': 'failed',
    'measured once': 'failed',
    'never hit': 'failed',
  });
  expect(results.get('pass')?.annotations).toEqual([
    expect.stringMatching(/^budget: login\.meanMs 51 ms \[[\d., ]+\], at most 500: pass$/),
    expect.stringMatching(/^load pass: made up: every budget is met; sent late by .* at p99/),
  ]);
  expect(results.get('fail')?.errors.join()).toContain('login fails: meanMs missed.');
  expect(results.get('invalid')?.errors.join()).toContain('login is invalid: no samples');
  expect(
    results.get('disturbed twice')?.annotations.filter((annotation) => annotation.startsWith('load disturbed')),
  ).toEqual([
    expect.stringMatching(/attempt 1 of 3: made up: the generator could not keep up/),
    expect.stringContaining('attempt 2 of 3'),
  ]);
  expect(results.get('disturbed for good')?.errors.join()).toContain(
    'lower the rate, or do less work in the function that sends each request',
  );
  expect(results.get('never hit')?.errors.join()).toContain('the fault was never hit');
  expect(results.get('inconclusive')?.annotations.join()).toContain('load inconclusive');

  const verdicts = judgementsOf(run.report);
  expect(verdicts.get('pass')).toEqual([
    {
      load: expect.stringMatching(/^[0-9a-f-]{36}$/),
      title: 'made up',
      verdict: 'pass',
      reason: 'every budget is met',
      superseded: false,
      budgets: [
        {
          name: 'login.meanMs',
          unit: 'ms',
          bound: 'most',
          budget: 500,
          measured: { value: expect.closeTo(51, 1), low: expect.any(Number), high: expect.any(Number) },
          verdict: 'pass',
        },
      ],
    },
  ]);
  expect(verdicts.get('disturbed twice')?.map(({ superseded, verdict }) => [superseded, verdict])).toEqual([
    [true, 'invalid'],
    [true, 'invalid'],
    [false, 'pass'],
  ]);
  expect(verdicts.get('disturbed for good')?.map(({ superseded }) => superseded)).toEqual([true, true, false]);
  expect(verdicts.get('invalid')?.[0]).toMatchObject({ verdict: 'invalid', budgets: [{ measured: { value: null } }] });
});

/** The verdicts of each test, as they were attached for the reporter. */
function judgementsOf(report: JSONReport | undefined): Map<string, JudgementJson[]> {
  const specs = (report?.suites ?? []).flatMap(({ specs }) => specs);
  return new Map(
    specs.map(({ title, tests }) => [
      title,
      tests
        .flatMap(({ results }) => results)
        .flatMap(({ attachments }) => attachments)
        .filter(({ name }) => name === 'verdict: made up')
        .map(({ body = '' }) => judgementSchema.parse(JSON.parse(Buffer.from(body, 'base64').toString('utf8')))),
    ]),
  );
}

test('budgets that are no setting are judged by the same rules, and a load without any only by its answers', async ({}, testInfo) => {
  const run = await runInline(testInfo, {
    'own.spec.ts': `
import { test } from '$fixtures';
import { expectRight } from '$root/fixtures/load/expect-right.ts';
import { expectWithin } from '$root/fixtures/load/expect-budget.ts';
import { made } from ${samples};
const of = (ms, failed = 0) => made({ latencies: Array.from({ length: 20 }, (_, i) => ms + i / 10), failed });
const own = { group: 'endpoints.slow', budgets: { p50Ms: 300 } };
const red = test.fail;
test('within', async () => expectWithin(async () => of(50), own));
red('beyond', async () => expectWithin(async () => of(900), own));
test('right', async () => expectRight(of(900), 'endpoints.slow'));
red('wrong', async () => expectRight(of(50, 3), 'endpoints.slow'));
red('nothing', async () => expectRight(made({ latencies: [] }), 'endpoints.slow'));`,
  });
  const all = outcomes(run);
  expect(all.map(({ title, status }) => [title, status])).toEqual([
    ['within', 'passed'],
    ['beyond', 'failed'],
    ['right', 'passed'],
    ['wrong', 'failed'],
    ['nothing', 'failed'],
  ]);
  const firstLine = (title: string) => all.find((one) => one.title === title)?.errors[0]?.split('\n')[0];
  expect(firstLine('beyond')).toBe('Error: endpoints.slow fails: p50Ms missed.');
  expect(firstLine('wrong')).toBe('Error: endpoints.slow: 3 of 20 requests were not answered right.');
  expect(all.find(({ title }) => title === 'right')?.annotations).toEqual([
    expect.stringMatching(/^load: made up: 20 of 20 answered right, p50 901 ms, p95 902 ms; sent late by/),
  ]);
});
