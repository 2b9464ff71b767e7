import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { project } from '../support/reported-run.ts';

interface Matrix {
  readonly summary: Record<string, number>;
  readonly requirements: readonly {
    id: string;
    state: string;
    proven: number;
    failing: string[];
    flaky: string[];
    skipped: { reason: string }[];
  }[];
}

const header = `import { test, expect } from '@playwright/test';
const requirement = (...ids) => ({ annotation: ids.map((description) => ({ type: 'requirement', description })) });`;

const spec = `${header}
test('proves', requirement('SQL-01', 'SQL-02'), () => {});
test('proves too', requirement('SQL-01'), () => {});
test('breaks', requirement('SQL-02'), () => expect(1).toBe(2));
test('is skipped', requirement('SQL-03', 'SQL-04'), () => test.skip(true, 'the target has no capability sql'));
test('proves what another skips', requirement('SQL-04'), () => {});
test('wavers', requirement('SQL-05'), ({}, testInfo) => expect(testInfo.retry).toBe(1));
test('is known to be absent', requirement('SQL-06'), () => { test.fail(); throw new Error('absent'); });
test('is named by a running test', ({}, testInfo) => { testInfo.annotations.push({ type: 'requirement', description: 'SQL-07' }); });
test('is of no list', requirement('NEW-01'), () => {});
test('says nothing', () => {});
`;

const matrixStates = {
  'SQL-01': 'proven',
  'SQL-02': 'failing',
  'SQL-03': 'skipped',
  'SQL-04': 'proven',
  'SQL-05': 'proven',
  'SQL-06': 'failing',
  'SQL-07': 'proven',
  'NEW-01': 'proven',
};

const states = (matrix: Matrix | null) =>
  Object.fromEntries(
    (matrix?.requirements ?? []).filter(({ state }) => state !== 'no test').map(({ id, state }) => [id, state]),
  );

test('the requirement matrix lists what is proven, failing, skipped and without a test, with retries merged', async ({}, testInfo) => {
  const { run } = await project(testInfo, { 'a.spec.ts': spec }, { config: 'retries: 1' });
  const { code, output, json } = await run();
  expect(code).toBe(1);
  const matrix = await json<Matrix>('requirements.json');
  expect(states(matrix)).toEqual(matrixStates);
  const row = (id: string) => matrix?.requirements.find((requirement) => requirement.id === id);
  expect(row('SQL-01')).toMatchObject({ proven: 2, failing: [] });
  expect(row('SQL-02')).toMatchObject({ proven: 1, failing: ['a.spec.ts › breaks'] });
  expect(row('SQL-03')?.skipped).toEqual([
    { test: 'a.spec.ts › is skipped', reason: 'the target has no capability sql' },
  ]);
  expect(row('SQL-05')).toMatchObject({ proven: 1, flaky: ['a.spec.ts › wavers'] });
  expect(matrix?.summary).toMatchObject({ proven: 5, failing: 2, skipped: 1 });

  expect(output).toMatch(/Requirements: 5 proven, 2 failing, 1 skipped, \d+ no test/);
  expect(output).toMatch(/ {2}failing {2}SQL-02 {2}join .*\n +a\.spec\.ts › breaks/);
  expect(output).toContain('skipped  SQL-03: the target has no capability sql');
  expect(output).toContain('flaky    SQL-05');
  expect(output).toMatch(/no test .*STACK 01–08, SQL 08–15, AUTH 01–14/);
});

test('a run without tests and a mere list of tests write no report', async ({}, testInfo) => {
  const { run } = await project(testInfo, { 'a.spec.ts': spec });
  for (const args of [
    ['test', '--list'],
    ['test', '--grep', 'no such title', '--pass-with-no-tests'],
  ]) {
    const { code, output, json } = await run(args);
    expect(code).toBe(0);
    expect(output).not.toMatch(/Requirements:|Latency|Error/);
    expect(await json('requirements.json')).toBeNull();
  }
});

test('a requirement whose test a stopped run never reached is reported as not run', async ({}, testInfo) => {
  const late = `${header}
test('breaks', requirement('SQL-01'), () => expect(1).toBe(2));
test('comes later', requirement('SQL-02'), () => {});`;
  const { run } = await project(testInfo, { 'a.spec.ts': late }, { config: 'workers: 1, maxFailures: 1' });
  const { output, json } = await run();
  expect(states(await json<Matrix>('requirements.json'))).toEqual({ 'SQL-01': 'failing', 'SQL-02': 'not run' });
  expect(output).toContain('not run  SQL 02');
});

const summary = (entries: object[], loopLagP99Ms?: number) => JSON.stringify({ endpoints: entries, loopLagP99Ms });
const entry = { endpoint: 'POST /api/v1/sql', label: 'service', n: 2, failed: 1, ms: [120], ttftMs: [40] };
const stack = JSON.stringify([
  { role: 'postgres', provider: 'embedded', reason: 'no DATABASE_URL', ms: 312.4, detail: {} },
]);

const attaching = `import { test } from '@playwright/test';
import { writeFileSync } from 'node:fs';
const contentType = 'application/json';
test('one', async ({}, info) => {
  await info.attach('latency summary', { contentType, body: ${JSON.stringify(summary([entry, { ...entry, label: 'model server', ms: [9.5], ttftMs: [] }], 33))} });
  await info.attach('stack', { contentType, body: ${JSON.stringify(stack)} });
});
test('by path', async ({}, info) => {
  const path = info.outputPath('summary.json');
  writeFileSync(path, ${JSON.stringify(summary([{ ...entry, n: 3, failed: 0, ms: [100, 140, 160], ttftMs: [60], streams: { itlMs: [4, 5], tokensPerSecond: [210, 300] } }], 1.4))});
  await info.attach('latency summary', { contentType, path });
  await info.attach('stack', { contentType, body: ${JSON.stringify(stack)} });
});
test('somebody else’s', async ({}, info) => {
  for (const body of ['{', 'null', '[]', '{"endpoints":null}', '7']) await info.attach('latency summary', { contentType, body });
  await info.attach('stack', { contentType, body: '{"role":"x"}' });
  await info.attach('stack', { contentType: 'text/plain', body: 'hello' });
});`;

const latency = {
  stack: JSON.parse(stack),
  endpoints: [
    {
      endpoint: 'POST /api/v1/sql',
      label: 'service',
      n: 5,
      failed: 1,
      p50: 120,
      p95: 160,
      max: 160,
      ttftP50: 40,
      itlP50: 4,
      tokensPerSecondP50: 210,
    },
    {
      endpoint: 'POST /api/v1/sql',
      label: 'model server',
      n: 2,
      failed: 1,
      p50: 9.5,
      p95: 9.5,
      max: 9.5,
      ttftP50: null,
      itlP50: null,
      tokensPerSecondP50: null,
    },
  ],
  recorderLag: { p50: 1.4, max: 33 },
};

test('the latency report adds up the endpoints and providers of all tests, attached by body or by path', async ({}, testInfo) => {
  const { run } = await project(testInfo, { 'a.spec.ts': attaching });
  const { code, output, json } = await run();
  expect(code, output).toBe(0);
  expect(await json('latency.json')).toEqual(latency);
  expect(output).toContain('postgres   embedded, ready in 312 ms (no DATABASE_URL)');
  expect(output).toMatch(
    /endpoint +n +failed +p50 +p95 +max +TTFT p50 +ITL +tok\/s\n +POST \/api\/v1\/sql {2}\[service\] +5 +1 +120 +160 +160 +40 +4\.0 +210\n/,
  );
  expect(output).toContain('lag, p99 of a test: 1.4 ms at the median, 33 ms at worst');
  for (const line of output.split('\n').filter((line) => line.includes('/api/')))
    expect(line.length, line).toBeLessThanOrEqual(110);
});

test('the merged blob reports of two shards give the requirements and latencies of one run', async ({}, testInfo) => {
  test.slow();
  const { folder, run } = await project(
    testInfo,
    { 'a.spec.ts': attaching, 'b.spec.ts': spec },
    { config: 'retries: 1' },
  );
  for (const shard of [1, 2])
    await run(['test', `--shard=${shard}/2`, '--reporter=blob'], {
      PLAYWRIGHT_BLOB_OUTPUT_FILE: join(folder, 'blobs', `${shard}.zip`),
    });
  const { code, output, json } = await run(['merge-reports', '--config=playwright.config.ts', 'blobs']);
  expect(code, output).toBe(0);
  expect(states(await json<Matrix>('requirements.json'))).toEqual(matrixStates);
  expect(await json('latency.json')).toEqual(latency);
});

test('the summary of a GitHub job shows the latencies and the requirements', async ({}, testInfo) => {
  const { folder, run } = await project(testInfo, { 'a.spec.ts': attaching, 'b.spec.ts': spec });
  const summary = join(folder, 'summary.md');
  await run(['test'], { GITHUB_STEP_SUMMARY: summary });
  const text = await readFile(summary, 'utf8');
  expect(text).toMatch(/### Requirements\n\n```text\nRequirements: \d+ proven, \d+ failing[\s\S]*\n```\n/);
  expect(text).toMatch(/failing {2}SQL-02/);
  expect(text).toMatch(/### Latency, ms\n\n```text\n +endpoint +n /);
});

const failing = `import { test, expect } from '@playwright/test';
test('passes', () => {});
test('breaks', () => expect({ rows: 1 }, 'what the service stored').toEqual({ rows: 2 }));
test('says much', () => { throw new Error(Array.from({ length: 40 }, (_, i) => 'line ' + i).join('\\n')); });
test('is known to be absent', () => { test.fail(); throw new Error('absent'); });`;

test('a run prints its failures and their reasons last, so that a log cut at the front still has them', async ({}, testInfo) => {
  const reporters = "['$root/fixtures/reporters/failures.ts']";
  const { run } = await project(testInfo, { 'a.spec.ts': failing }, { reporters });
  const { output } = await run();
  const last = output.slice(output.indexOf('Failures, in short'));
  expect(last).toContain('  a.spec.ts › breaks\n    Error: what the service stored');
  expect(last).toMatch(/- +"rows": 2,\n.*\+ +"rows": 1,/);
  expect(last).toContain('line 11\n    … and 28 lines more');
  expect(last).not.toMatch(/passes|absent|\x1b/);
});

test('a run without failures prints no list of failures', async ({}, testInfo) => {
  const reporters = "['$root/fixtures/reporters/failures.ts']";
  const { run } = await project(
    testInfo,
    { 'a.spec.ts': "import { test } from '@playwright/test';\ntest('passes', () => {});" },
    { reporters },
  );
  expect((await run()).output).not.toContain('Failures');
});
