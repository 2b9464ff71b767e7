import { expect, test } from '@playwright/test';
import { project } from '../support/reported-run.ts';

const summaries = [
  { fault: 'cache down', answered: { ok: 40 }, slowestMs: 260.4, recoveryMs: 31.2 },
  { fault: 'database down', answered: { ok: 1, '503 database_unavailable': 12 }, slowestMs: 90, recoveryMs: 480.6 },
];
const again = [{ fault: 'cache down', answered: { ok: 2, hung: 1 }, slowestMs: 10_000, recoveryMs: null }];

const spec = `import { test } from '@playwright/test';
const contentType = 'application/json';
const recovery = (description) => test.info().annotations.push({ type: 'recovery time', description });
test('one', async ({}, info) => {
  recovery('steady traffic: 31 ms');
  await info.attach('fault summary', { contentType, body: ${JSON.stringify(JSON.stringify(summaries))} });
});
test('two', ({}, info) => info.attach('fault summary', { contentType, body: ${JSON.stringify(JSON.stringify(again))} }));
test('a frozen model', () => recovery('the next question: 1250 ms'));
test('somebody else’s', async ({}, info) => {
  for (const body of ['{', 'null', '[null]', '[{"fault":1}]', '7']) await info.attach('fault summary', { contentType, body });
  recovery('soon');
});`;

const reporters = `['$root/fixtures/reporters/resilience.ts', { outputFile: 'faults.json' }],`;

test('a run prints one table of all faults with the answers, the slowest answer and the recovery time', async ({}, testInfo) => {
  const { run } = await project(testInfo, { 'a.spec.ts': spec }, { reporters });
  const { code, output, json } = await run();
  expect(code, output).toBe(0);
  expect(await json('faults.json')).toEqual({
    faults: [
      { fault: 'a frozen model: the next question', times: 1, answered: {}, slowestMs: null, recoveryMs: 1250 },
      { ...summaries[1], times: 1 },
      { fault: 'cache down', times: 2, answered: { ok: 42, hung: 1 }, slowestMs: 10_000, recoveryMs: 31.2 },
    ],
  });
  expect(output).toMatch(
    /Faults\n +fault +answered +slowest, ms +recovery, ms\n +a frozen model: the next question +– +– +1250\n +database down +1 × ok, 12 × 503 database_unavailable +90 +481\n +cache down \(2 times\) +42 × ok, 1 × hung +10000 +31\n/,
  );
  for (const line of output.split('\n').filter((line) => line.includes(' × ')))
    expect(line.length, line).toBeLessThanOrEqual(110);
});

test('a run without faults prints no table of faults', async ({}, testInfo) => {
  const { run } = await project(
    testInfo,
    { 'a.spec.ts': `import { test } from '@playwright/test'; test('a', () => {});` },
    { reporters },
  );
  const { output, json } = await run();
  expect(output).not.toContain('Faults');
  expect(await json('faults.json')).toBeNull();
});
