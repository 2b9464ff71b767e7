import { expect, test } from '@playwright/test';
import { timelineOf } from '../../../fixtures/load/timeline.ts';
import { made } from './samples.ts';

/** The timeline of a load with a request every 50 ms. */
const of = (latencies: readonly number[], failed = 0) => timelineOf(made({ latencies, failed }).rows);

test('each interval of a timeline has its requests, its failures, and the median and maximum of right answers', () => {
  const latencies = Array.from({ length: 40 }, (_, i) => (i < 10 ? 5 : i < 20 ? 100 + i : 7));
  const { binMs, bins } = of(latencies, 3);
  expect(binMs).toBe(500);
  expect(bins).toEqual([
    { at: 0, n: 10, p50: 5, max: 5, failed: 3 },
    { at: 500, n: 10, p50: 114, max: 119, failed: 0 },
    { at: 1000, n: 10, p50: 7, max: 7, failed: 0 },
    { at: 1500, n: 10, p50: 7, max: 7, failed: 0 },
  ]);
});

test('an interval without a right answer has no latency, and one without a request is left out of the timeline', () => {
  expect(of([5, 5], 2).bins).toEqual([{ at: 0, n: 2, p50: null, max: null, failed: 2 }]);
  expect(of([]).bins).toEqual([]);
  const { rows } = made({ latencies: Array.from({ length: 80 }, () => 5) });
  const gap = timelineOf(rows.filter(({ i }) => i < 16 || i >= 64));
  expect(gap.bins.map(({ at, n }) => [at, n])).toEqual([
    [0, 16],
    [3000, 16],
  ]);
});

test('the timeline of a long load has at most a hundred intervals, and every request is in one', () => {
  const long = of(Array.from({ length: 20_000 }, (_, i) => i % 7));
  expect(long.bins.length).toBeLessThanOrEqual(100);
  expect(long.bins.length).toBeGreaterThan(40);
  expect(long.bins.reduce((sum, { n }) => sum + n, 0)).toBe(20_000);
});
