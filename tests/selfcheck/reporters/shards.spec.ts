import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { PerformanceReport } from '../../../fixtures/reporters/performance/schema.ts';
import type { ReportedRun } from '../support/reported-run.ts';
import { performanceProject } from './performance/reported.ts';

const files = ['performance.json', 'latency.json', 'requirements.json', 'faults.json'];

/** Specs with recorded results, so that two runs have the same numbers: loads, exchanges, faults, a smoke test, requirements. */
const specs = {
  'a.spec.ts': `
const requirement = (...ids) => ({ annotation: ids.map((description) => ({ type: 'requirement', description })) });
for (const [seed, title] of ['health', 'ready', 'list'].entries())
  test(title, requirement('PERF-11'), ({}, { repeatEachIndex }) =>
    send({ title, seed: seed * 10 + repeatEachIndex, ms: 3 + seed + 20 * repeatEachIndex, failing: 90 }, { p50Ms: 100, okShare: 0.9 }));
test('streams', requirement('PERF-15'), () => send({ title: 'streams', seed: 5, ms: 400, stream: true }, { ttftP50Ms: 1000, tokensPerSecond: 10 }));
test('is skipped here', requirement('SQL-03'), () => test.skip(true, 'the target has no capability sql'));
test('falls', requirement('SQL-04'), () => expect(1).toBe(2));`,
  'b.spec.ts': `
const requirement = (...ids) => ({ annotation: ids.map((description) => ({ type: 'requirement', description })) });
const exchanges = (ms) => ({ endpoints: [{ endpoint: 'GET /health', label: 'service', n: ms.length, failed: 0, ms, ttftMs: [] }], loopLagP99Ms: ms[0] });
for (const ms of [[1, 5, 9], [2, 4], [700]]) test('asks ' + ms, () => attach('latency summary', exchanges(ms)));
for (const recoveryMs of [120, 31.2])
  test('cache is away for ' + recoveryMs, () => attach('fault summary', [{ fault: 'cache down', answered: { ok: 4 }, slowestMs: 90, recoveryMs }]));
test('is proven there', requirement('SQL-03', 'SQL-05'), () => {});
test('wavers', requirement('SQL-06'), ({}, { retry }) => expect(retry).toBe(1));
test('greets', () => attach('smoke', { target: 'http://there', greetings: [
  { model: 'tiny', kind: 'chat', ms: 41.2, promptTokens: 4, completionTokens: 3, says: 'Hello!', error: null }] }));
test('saturates', () => attach('saturation: ask', saturation));
test('is compared', () => send({ title: 'compared', seed: 8, ms: 12 }, { p95Ms: 500 }, { change: (load) => compared(load, sampled({ title: 'then', seed: 9, ms: 10 }).load) }));`,
};

const config = 'retries: 1, fullyParallel: true, workers: 2, repeatEach: 2';

type Project = Awaited<ReturnType<typeof performanceProject>>;

/** What the reporters wrote and printed, without the times of the run. */
async function reported({ folder }: Project, { output, json }: ReportedRun) {
  const written: Record<string, unknown> = {};
  for (const file of files) {
    const { at: _, ...rest } = (await json<{ at?: string }>(file)) ?? {};
    written[file] = rest;
  }
  const page = await readFile(join(folder, 'performance.html'), 'utf8');
  return {
    written,
    page: page.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC|datetime="[^"]*"/g, ''),
    // Without the output of the tests before the tables, and without the end of a merge after them.
    tables: output.slice(output.indexOf('\nRequirements:')).replace('finished building report', '').trim(),
  };
}

/** Runs parts of the suite as if on several machines, and merges their blob reports with this config, as CI does. */
async function merged(project: Project, parts: readonly { args?: readonly string[]; env?: Record<string, string> }[]) {
  for (const [i, { args = [], env = {} }] of parts.entries()) {
    const { code, output } = await project.run(['test', '--reporter=blob', ...args], {
      ...env,
      PLAYWRIGHT_BLOB_OUTPUT_FILE: join(project.folder, 'blobs', `${i}.zip`),
    });
    expect([0, 1], output).toContain(code);
  }
  return project.run(['merge-reports', '--config=playwright.config.ts', 'blobs']);
}

test('merged shards give the same files, page and tables as one run', async ({}, testInfo) => {
  test.slow();
  const project = await performanceProject(testInfo, specs, config);
  const whole = await reported(project, await project.run());
  const shards = [1, 2].map((shard) => ({ args: [`--shard=${shard}/2`] }));
  const { written, page, tables } = await reported(project, await merged(project, shards));

  for (const file of files) expect(written[file], file).toEqual(whole.written[file]);
  expect(page).toBe(whole.page);
  expect(tables).toBe(whole.tables);
  expect(tables).toContain('Smoke: 1 of 1 models answer at http://there');
  expect(
    (written['performance.json'] as PerformanceReport).loads.map(({ title, runs, due }) => [title, runs, due]),
  ).toEqual([
    ['health', 2, 400],
    ['ready', 2, 400],
    ['list', 2, 400],
    ['streams', 2, 400],
    ['compared', 2, 400],
  ]);
});

test('a requirement that one machine skipped and another proved is proven', async ({}, testInfo) => {
  const project = await performanceProject(testInfo, {
    'a.spec.ts': `
const requirement = (...ids) => ({ annotation: ids.map((description) => ({ type: 'requirement', description })) });
test('computes on a GPU', requirement('STACK-05'), () => test.skip(!process.env.GPU, 'found no usable GPU'));
test('is skipped everywhere', requirement('SQL-03'), () => test.skip(true, 'the target has no capability sql'));
test('runs on one', requirement('SQL-05'), () => {});`,
  });
  const machines = [{ env: { GPU: '' } }, { args: ['--grep', 'GPU|everywhere'], env: { GPU: '1' } }];
  for (const order of [machines, machines.toReversed()]) {
    const { json, output } = await merged(project, order);
    const matrix = await json<{ requirements: { id: string; state: string }[] }>('requirements.json');
    const states = matrix?.requirements.flatMap(({ id, state }) => (state === 'no test' ? [] : [[id, state]]));
    expect(states, output).toEqual([
      ['STACK-05', 'proven'],
      ['SQL-03', 'skipped'],
      ['SQL-05', 'proven'],
    ]);
  }
});
