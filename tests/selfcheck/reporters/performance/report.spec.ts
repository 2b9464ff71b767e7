import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { performanceSchema } from '../../../../fixtures/reporters/performance/schema.ts';
import { performanceProject, reportOf } from './reported.ts';
import { judged, sampled } from './samples.ts';

const health = { title: 'health', seed: 1, ms: 2 } as const;
const slow = { title: 'registry', seed: 6, ms: 400, skew: 0.9 } as const;
const budgets = { p50Ms: 100, p95Ms: 500 };

test('the performance report has a row for each load with its figures, its budgets and the verdict', async ({}, testInfo) => {
  const { folder, run } = await performanceProject(testInfo, {
    'a.spec.ts': `
test('answers in time', () => send(${JSON.stringify(health)}, ${JSON.stringify(budgets)}));
test('takes too long', () => send(${JSON.stringify(slow)}, ${JSON.stringify(budgets)}));
test('is only measured', () => send({ title: 'once', seed: 3, ms: 30, stream: true }));`,
  });
  const result = await run();
  expect(result.code, result.output).toBe(0);
  const report = performanceSchema.parse(await reportOf(result));
  const [first, second, third] = report.loads;
  const { load } = sampled(health);
  expect(first).toMatchObject({
    title: 'health',
    file: 'a.spec.ts',
    test: 'answers in time',
    status: 'passed',
    runs: 1,
    due: 200,
    ok: 200,
    latency: load.latency,
    service: load.service,
    timelines: [load.timeline],
    verdict: 'pass',
    budgets: judged(sampled(health), 'endpoint', budgets).budgets,
    harness: { loopLagP99: 1.5, overheadP95: 0.9, processorShare: 0.97 },
  });
  expect(second).toMatchObject({ title: 'registry', verdict: 'fail', reason: 'p50Ms, p95Ms missed' });
  expect(third).toMatchObject({
    title: 'once',
    verdict: null,
    ttft: sampled({ title: 'once', seed: 3, ms: 30, stream: true }).load.ttft,
  });

  expect(result.output).toContain('Performance, ms: 3 loads: 1 fail, 1 pass, 1 not judged');
  expect(result.output).toMatch(/health +200 +2\.\d +\[[\d., ]+\] .* p50 ≤ 100 ms, p95 ≤ 500 ms +pass\n/);
  expect(result.output).toContain('registry: fail: p50Ms, p95Ms missed');
  const summary = await readFile(join(folder, 'performance.md'), 'utf8');
  expect(summary).toMatch(/\| registry \| 200 \| .* \| p50 ≤ 100 ms, p95 ≤ 500 ms \| ❌ fail \|\n/);
  expect(await readFile(join(folder, 'performance.html'), 'utf8')).toContain('<h2>registry <span class="chip fail">');
});

test('the performance report shows the attempt that was judged and mentions those that were disturbed', async ({}, testInfo) => {
  const { run } = await performanceProject(testInfo, {
    'a.spec.ts': `
test('is sent twice', async () => {
  await send({ title: 'health', seed: 1, ms: 900 }, ${JSON.stringify(budgets)}, { superseded: true });
  await send({ title: 'health', seed: 2, ms: 2 }, ${JSON.stringify(budgets)});
});
test('is cut off', async () => send({ title: 'cut off', seed: 1, ms: 900 }, ${JSON.stringify(budgets)}, { superseded: true }));`,
  });
  const result = await run();
  const [sent, cutOff] = (await reportOf(result))?.loads ?? [];
  expect(sent).toMatchObject({ verdict: 'pass', runs: 1, due: 200, disturbed: ['p50Ms, p95Ms missed'] });
  expect(sent?.latency).toEqual(sampled({ title: 'health', seed: 2, ms: 2 }).load.latency);
  expect(cutOff).toMatchObject({ title: 'cut off', due: 200, disturbed: ['p50Ms, p95Ms missed'] });
  expect(result.output).toContain('health: an attempt was disturbed and is not counted: p50Ms, p95Ms missed');
});

test('the performance report adds up repetitions, and its percentiles are those of all values', async ({}, testInfo) => {
  const { run } = await performanceProject(testInfo, {
    'a.spec.ts': `
test('is repeated', ({}, { repeatEachIndex }) =>
  send({ title: 'health', seed: 10 + repeatEachIndex, ms: [2, 40, 900][repeatEachIndex], failing: 50 }, ${JSON.stringify(budgets)}));`,
  });
  const result = await run(['test', '--repeat-each=3']);
  const [load] = (await reportOf(result))?.loads ?? [];
  const parts = [2, 40, 900].map((ms, i) => sampled({ title: 'health', seed: 10 + i, ms, failing: 50 }));
  const latencies = parts
    .flatMap(({ result }) => result.rows.filter(({ kind }) => kind === 'ok').map(({ due, done }) => done - due))
    .sort((a, b) => a - b);
  expect(load).toMatchObject({ runs: 3, due: 600, ok: 588, verdict: 'fail' });
  expect(load?.failures).toEqual({ 'refused 503 model_unavailable': { n: 12, detail: 'try again' } });
  expect(load?.timelines).toEqual(parts.map(({ load }) => load.timeline));
  // An HdrHistogram keeps three digits.
  for (const [figure, p] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const)
    expect(Number(load?.latency?.[figure].value) / Number(latencies[Math.ceil(600 * p) - 1]), figure).toBeCloseTo(1, 2);
  expect(load?.latency?.p99.value, 'two per cent failed').toBeNull();
  expect(load?.latency?.max).toBe(Math.max(...parts.map(({ load }) => load.latency?.max ?? 0)));
  expect(load?.budgets.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['endpoint.p50Ms', 'fail'],
    ['endpoint.p95Ms', 'fail'],
  ]);
  expect(result.output).toContain('health: 3 runs added up');
});

test('the performance report is appended to the summary of a GitHub job', async ({}, testInfo) => {
  const summary = testInfo.outputPath('summary.md');
  await writeFile(summary, '# Before\n');
  const { run } = await performanceProject(testInfo, {
    'a.spec.ts': `test('one', () => send(${JSON.stringify(health)}, ${JSON.stringify(budgets)}));`,
  });
  await run(['test'], { GITHUB_STEP_SUMMARY: summary });
  // Each reporter adds its part, in no fixed order.
  expect(await readFile(summary, 'utf8')).toMatch(/^# Before\n[\s\S]*^## Performance\n\n1 load: 1 pass\. /m);
});

const nasty = '<img src=x onerror=alert(1)>|`*_[a](http://x)\\u001b[31m\\n';

test('the title of a load stays text on the terminal, in Markdown and in HTML', async ({}, testInfo) => {
  const { folder, run } = await performanceProject(testInfo, {
    'a.spec.ts': `test('one', () => send({ title: '${nasty}', seed: 1, ms: 2 }, { p50Ms: 100 }));`,
  });
  const { output } = await run();
  expect(output).not.toContain('\x1b[31m');
  expect(output).toContain('<img src=x onerror=alert…p://x)\\x1b[31m ');
  const summary = await readFile(join(folder, 'performance.md'), 'utf8');
  expect(summary).toContain('| &lt;img src=x onerror=alert(1)&gt;\\|\\`\\*\\_\\[a\\](http&#58;//x)\\\\x1b\\[31m  |');
  expect(await readFile(join(folder, 'performance.html'), 'utf8')).not.toMatch(/<img|onerror=alert\(1\)>/);
});

test('the performance report names an attachment that it cannot read and reports the rest', async ({}, testInfo) => {
  const { run } = await performanceProject(testInfo, {
    'a.spec.ts': `
test('one', async () => {
  await attach('load 1: half', { title: 'half' });
  await test.info().attach('verdict: none', { contentType, body: '{' });
  await attach('load balancer', {});
  await send(${JSON.stringify(health)}, ${JSON.stringify(budgets)});
});`,
  });
  const result = await run();
  expect(result.code).toBe(0);
  expect((await reportOf(result))?.loads.map(({ title }) => title)).toEqual(['health']);
  expect((await reportOf(result))?.unreadable.map(({ name }) => name).sort()).toEqual([
    'load 1: half',
    'verdict: none',
  ]);
  expect(result.output).toMatch(
    /Performance: the attachment "load 1: half" should hold a load, but cannot be read: id: /,
  );
});

test('a run without loads writes no performance report', async ({}, testInfo) => {
  const { folder, run } = await performanceProject(testInfo, { 'a.spec.ts': `test('one', () => {});` });
  const { output } = await run();
  expect(output).not.toContain('Performance');
  expect(['json', 'md', 'html'].filter((kind) => existsSync(join(folder, `performance.${kind}`)))).toEqual([]);
});
