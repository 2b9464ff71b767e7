import { expect, test } from '@playwright/test';
import { resultsOf } from '../../../fixtures/faults/steady/results.ts';
import { distributionOf } from '../../../fixtures/load/histogram.ts';
import { timelineOf } from '../../../fixtures/load/timeline.ts';
import { percentileOf } from '../../../fixtures/load/verdict/interval.ts';
import {
  interpolatedQuantile,
  median,
  percentile,
  quantiles,
  rankOf,
} from '../../../fixtures/wire/latency/percentile.ts';
import { made } from '../load/samples.ts';

test('percentile() returns the value at the nearest rank, and null for an empty list', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([0, 0.07, 0.5, 0.95, 0.99, 1].map((p) => percentile(hundred, p))).toEqual([1, 7, 50, 95, 99, 100]);
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile([], 0.5)).toBeNull();
  expect(rankOf(100, 0.07), '0.07 × 100 is a little more than 7 in floating point').toBe(7);
});

test('every report of one run prints the same percentile of the same values', () => {
  // Of an even number of values, so far apart that another definition would show.
  const latencies = [10, 20, 400, 800];
  const { rows } = made({ latencies, lag: 0 });
  const samples = rows.map(({ i, due, sent, done }) => ({ n: i, due, sent, done, kind: 'ok' as const }));
  for (const [p, value] of [
    [0.5, 20],
    [0.95, 800],
  ] as const) {
    expect(percentile(latencies, p), 'latency table').toBe(value);
    expect(percentileOf(distributionOf(latencies), p).value, 'performance report').toBeCloseTo(value, 0);
    expect(resultsOf(samples, []).all.percentile(p), 'steady traffic').toBe(value);
  }
  expect(quantiles(latencies)?.p50, 'streams').toBe(20);
  expect(timelineOf(rows).bins[0]?.p50, 'timeline').toBe(20);
});

test('the quantile and the median of the statistics module are interpolated between two values', () => {
  expect(interpolatedQuantile([4, 1, 3, 2], 0.1)).toBeCloseTo(1.3, 9);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
});
