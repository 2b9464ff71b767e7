import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { compare, type Judged, type Pair, type Rounds } from '../../../fixtures/load/baseline/compare.ts';
import { untilClear } from '../../../fixtures/load/baseline/judge.ts';
import { whyNotComparable } from '../../../fixtures/load/baseline/machine.ts';
import { roundsOf } from '../../../fixtures/load/baseline/rounds.ts';
import { figuresOf, runOf } from '../../../fixtures/load/baseline/run.ts';
import { readBaseline, recordRun } from '../../../fixtures/load/baseline/store.ts';
import { distributionOf } from '../../../fixtures/load/histogram.ts';
import { loadJson } from '../../../fixtures/load/report.ts';
import { rankTest, shiftOf } from '../../../fixtures/load/verdict/ranks.ts';
import { noisyRuns } from './noise.ts';
import { made } from './samples.ts';

const cloud = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const few = [1.15, 0.88, 0.9, 0.74, 1.21];

test('the rank test gives the p-values of the textbooks, with ties too', () => {
  // Hollander and Wolfe's permeability data: W = 35, by the normal approximation z = 9.5 / 8.165.
  expect(rankTest(few, cloud).p).toBeCloseTo(0.2446, 4);
  expect(rankTest(few, cloud).effect).toBeCloseTo(0.4, 9);
  expect(shiftOf(few, cloud)).toBeCloseTo(0.305, 9);
  // Five of each, all of the second above: U = 0 of 25, (12.5 - 0.5) / sqrt(25 · 11 / 12).
  expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toEqual({ p: expect.closeTo(0.01219, 5), effect: 1 });
  // Three pairs of ties: sigma² = 36 / 12 · (13 - 18 / 132), U = 30.
  expect(rankTest([1, 1, 2, 3, 4, 5], [2, 3, 6, 7, 8, 9]).p).toBeCloseTo(0.06414, 5);
  expect(rankTest([3, 3, 3], [3, 3])).toEqual({ p: expect.closeTo(1, 6), effect: 0 });
  expect(rankTest(few, cloud, 4).p, 'correlated samples count less').toBeGreaterThan(0.5);
});

const each = (rounds: Rounds, change: (pair: Pair, i: number) => Pair): Rounds =>
  rounds.map(({ p10, p50 }, i) => ({ p10: change(p10, i), p50: change(p50, i) }));

/** The verdicts on 50 runs, each compared with a baseline of its own. @param slowdown how many times as long requests take */
function verdictsOf(slowdown: number): Promise<Judged['verdict'][]> {
  return Promise.all(
    Array.from({ length: 50 }, async (_, k) => {
      const runs = noisyRuns(k);
      const baseline = Array.from({ length: 7 }, () => runs());
      return (await untilClear(async () => compare(baseline, [runs(slowdown)]))).verdict;
    }),
  );
}
const count = (verdicts: readonly string[], what: string): number => verdicts.filter((one) => one === what).length;

test('fifty runs of unchanged code cause no false alarm, although runs differ, drift and are disturbed', async () => {
  const verdicts = await verdictsOf(1);
  expect(count(verdicts, 'slower')).toBe(0);
  expect(count(verdicts, 'same'), 'and most are recognised as the same').toBeGreaterThanOrEqual(40);
});

test('the comparison with a baseline finds a slowdown of a fifth nearly always and of a tenth often', async () => {
  expect(count(await verdictsOf(1.2), 'slower')).toBeGreaterThanOrEqual(49);
  expect(count(await verdictsOf(1.1), 'slower')).toBeGreaterThanOrEqual(35);
  expect(count(await verdictsOf(0.8), 'faster')).toBeGreaterThanOrEqual(49);
  expect(count(await verdictsOf(1.2), 'same'), 'and is never taken for the same').toBe(0);
});

test('a slower machine does not look like a regression, and a much slower one gives no verdict', () => {
  const runs = noisyRuns(3);
  const baseline = Array.from({ length: 7 }, () => runs());
  const slowed = (by: number) =>
    each(runs(), ({ ms, referenceMs }) => ({ ms: ms * by, referenceMs: referenceMs * by }));
  expect(compare(baseline, [slowed(1.3)]).verdict).not.toBe('slower');
  expect(compare(baseline, [slowed(3)])).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringMatching(/reference work takes \d\.\d+ times as long/),
  });
});

test('the latency of a service that waits for a timer is not corrected for the speed of the processor', () => {
  const runs = noisyRuns(5);
  const waiting = () => each(runs(), ({ referenceMs }, i) => ({ ms: 20 + (i % 5) / 50, referenceMs }));
  const baseline = Array.from({ length: 7 }, waiting);
  const busier = each(waiting(), ({ ms, referenceMs }) => ({ ms, referenceMs: referenceMs * 1.2 }));
  expect(compare(baseline, [busier])).toMatchObject({ verdict: 'same', shift: { value: expect.closeTo(1, 2) } });
});

test('a comparison with too much noise, or with a baseline of too few runs, is unknown', () => {
  const runs = noisyRuns(7);
  const baseline = [1, 1.5, 0.7, 1.4, 0.8, 1.2, 1].map((by) => runs(by));
  expect(compare(baseline, [runs(1.1)])).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('too noisy'),
  });
  expect(compare(baseline.slice(0, 2), [runs()])).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('a baseline of 2 runs'),
  });
});

const judged = (verdict: Judged['verdict']): Judged => ({
  verdict,
  reason: 'a reason',
  p: 0,
  effect: 0,
  shift: { value: 1, low: 1, high: 1 },
});

for (const [verdicts, outcome] of [
  [['same'], 'same'],
  [['slower', 'slower'], 'slower'],
  [['slower', 'same'], 'same'],
  [['unknown', 'slower', 'slower'], 'slower'],
  [['unknown', 'slower', 'unknown'], 'unknown'],
  [['unknown', 'unknown', 'unknown'], 'unknown'],
  [['unknown', 'faster'], 'faster'],
] as const)
  test(`a comparison that comes out ${verdicts.join(', then ')} is ${outcome} in the end`, async () => {
    const left = [...verdicts];
    const { verdict } = await untilClear(async () => judged(left.shift() ?? 'unknown'));
    expect(verdict).toBe(outcome);
    expect(left).toEqual([]);
  });

test('a baseline gains one run at a time, is replaced by the next call, and is refused when its file is damaged', async ({}, testInfo) => {
  const folder = testInfo.outputPath('baselines');
  const about = { title: 'GET /a: b', made: 'now', machine: 'm', stack: 's' };
  const pair = { ms: 2, referenceMs: 1 };
  const run = () => runOf([{ p10: pair, p50: pair }], distributionOf([1, 2, 3]));
  await recordRun(folder, about, run());
  const twice = await recordRun(folder, about, run());
  expect(await readdir(folder)).toEqual(['get-a-b.json']);
  expect(await readBaseline(folder, about.title)).toEqual(twice);
  expect(twice.runs).toHaveLength(2);
  expect(figuresOf(twice.runs, 'm')).toMatchObject({ machine: 'm', n: 6, p50: 2, p95: expect.closeTo(3, 2) });
  expect((await recordRun(folder, { ...about, made: 'later' }, run())).runs).toHaveLength(1);
  expect(await readBaseline(folder, 'another')).toBeNull();
  await writeFile(path.join(folder, 'torn.json'), '{"format":1,');
  await expect(readBaseline(folder, 'torn')).rejects.toThrow(
    /torn\.json should hold a baseline, but cannot be read as one\. Remove it/,
  );
});

test('a baseline of another machine or stack is not compared, and the reason names both', () => {
  const here = { machine: '2 × x', stack: 'the reference service, cache binary' };
  expect(whyNotComparable(here, here)).toBeUndefined();
  expect(whyNotComparable({ ...here, machine: '64 × y' }, here)).toMatch(
    /another machine \(64 × y\).*npm run baseline/,
  );
  expect(whyNotComparable({ ...here, stack: 'cache none' }, here)).toMatch(/another stack \(cache none\)/);
});

test('rounds pair each request with the reference work before it and leave failed requests out', () => {
  const { rows } = made({ latencies: [9, 2, 3, 4, 5, 6, 7], failed: 1, lag: 0 });
  const [first, second, ...more] = roundsOf(rows, [100, 1, 2, 3, 4, 5, 6], 3);
  expect(first).toEqual({ p10: { ms: 2.2, referenceMs: 1.2 }, p50: { ms: 3, referenceMs: 2 } });
  expect(second).toMatchObject({ p50: { ms: 6, referenceMs: 5 } });
  expect(more).toEqual([]);
});

test('a service that is slower only at the median counts as slower', () => {
  const runs = noisyRuns(11);
  const baseline = Array.from({ length: 7 }, () => runs());
  const half = runs().map(({ p10, p50 }) => ({ p10, p50: { ...p50, ms: p50.ms * 1.6 } }));
  expect(compare(baseline, [half])).toMatchObject({
    verdict: 'slower',
    reason: expect.stringMatching(/^at the median/),
  });
});

test("a load's report holds the baseline that the load was compared with", () => {
  const runs = Array.from({ length: 3 }, () => runOf(noisyRuns(1)(), distributionOf([1, 2, 3])));
  const comparison = {
    ...compare(
      runs.map(({ rounds }) => rounds),
      [noisyRuns(1)()],
    ),
    baseline: figuresOf(runs, 'm'),
  };
  const json = JSON.parse(JSON.stringify(loadJson({ ...made({ latencies: [1, 2] }), comparison })));
  expect(json.comparison).toMatchObject({
    verdict: 'same',
    baseline: { machine: 'm', n: 9, hdr: expect.stringMatching(/^HIST/) },
    shift: { value: expect.closeTo(1, 1) },
  });
  expect(loadJson(made({ latencies: [1] }))).not.toHaveProperty('comparison');
});
