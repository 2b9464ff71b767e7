import { expect, test } from '@playwright/test';
import { distributionOf, mergeDistributions } from '../../../fixtures/load/histogram.ts';
import { meanOf, percentileOf, shareOf } from '../../../fixtures/load/verdict/interval.ts';
import { createRandom } from '../../../seed/databases/random.ts';
import { exponential } from './samples.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test('percentiles of a histogram differ from those of the sorted values by at most a thousandth', () => {
  const random = createRandom(1, 'load');
  const values = exponential(random, 3_000, 40);
  const sorted = values.toSorted((a, b) => a - b);
  const distribution = distributionOf(values);
  for (const p of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999]) {
    const truth = sorted[Math.ceil(p * 3_000) - 1] ?? Number.NaN;
    expect(Math.abs(percentileOf(distribution, p).value / truth - 1), `p${100 * p}`).toBeLessThan(
      0.001 + 0.001 / truth,
    );
  }
  expect(distribution.max / (sorted.at(-1) ?? 0)).toBeCloseTo(1, 2);
});

test('the confidence interval of a percentile has the ranks of the binomial distribution', () => {
  // Conover's tables give 40 and 61 for the median of 100 at 95 %.
  const { low, high } = percentileOf(distributionOf(upTo(100)), 0.5);
  expect([Math.round(low), Math.round(high)]).toEqual([40, 61]);
  // 71 values are too few for a p95 that is bounded above (0.95^71 > 0.025), 73 are enough.
  expect(percentileOf(distributionOf(upTo(71)), 0.95).high).toBe(Number.POSITIVE_INFINITY);
  expect(Math.round(percentileOf(distributionOf(upTo(73)), 0.95).high)).toBe(73);
  // Many values, by the normal distribution: 5,000 ± 98.
  const many = percentileOf(distributionOf(upTo(10_000)), 0.5);
  expect(many.low).toBeGreaterThan(4_890);
  expect(many.high).toBeLessThan(5_110);
});

test('failed requests count as slower than all others, so they cannot improve a percentile', () => {
  const distribution = distributionOf(upTo(90));
  expect(percentileOf(distribution, 0.5, 100).value).toBeCloseTo(50, 0);
  expect(percentileOf(distribution, 0.95, 100)).toMatchObject({ value: Number.POSITIVE_INFINITY });
  expect(percentileOf(distributionOf([]), 0.5, 0).value).toBeNaN();
  expect(percentileOf(distributionOf([]), 0.5, 3).value).toBe(Number.POSITIVE_INFINITY);
});

test('confidence intervals contain the true figure 19 times in 20, for skewed values too', () => {
  const random = createRandom(2, 'load');
  const runs = 400;
  const held = { p50: 0, p95: 0, mean: 0, share: 0 };
  for (let run = 0; run < runs; run += 1) {
    const values = exponential(random, 120, 100);
    const distribution = distributionOf(values);
    const holds = ({ low, high }: { low: number; high: number }, truth: number): number =>
      Number(low <= truth && truth <= high);
    held.p50 += holds(percentileOf(distribution, 0.5), 100 * Math.LN2);
    held.p95 += holds(percentileOf(distribution, 0.95), -100 * Math.log(0.05));
    held.mean += holds(meanOf(distribution), 100);
    held.share += holds(shareOf(values.filter((value) => value < 200).length, 120), 1 - Math.exp(-2));
  }
  // A true 95 % holds in 363 or more of 400 runs, except once in ten thousand; order statistics hold more often.
  for (const [name, times] of Object.entries(held)) expect(times, name).toBeGreaterThan(runs * 0.9);
  for (const [name, times] of Object.entries(held))
    expect(times, `the interval of ${name} is not so wide that it always holds`).toBeLessThan(runs);
});

test('a mean of few values has an open interval, and a share of all or none has one that is not empty', () => {
  expect(meanOf(distributionOf([1, 2, 3, 4])).high).toBe(Number.POSITIVE_INFINITY);
  // 2.776 is Student's t of four degrees of freedom.
  const { value, high } = meanOf(distributionOf([10, 20, 30, 40, 50]));
  expect((high - value) / (15.811 / Math.sqrt(5))).toBeCloseTo(2.776, 1);
  // Wilson, 95 %: 20 of 20 is 0.839 to 1.
  expect(shareOf(20, 20).low).toBeCloseTo(0.839, 3);
  expect(shareOf(0, 20).high).toBeCloseTo(0.161, 3);
});

test('the serialised histograms of shards add up to the histogram of the whole run', () => {
  const random = createRandom(3, 'load');
  const values = exponential(random, 5_000, 30);
  const whole = distributionOf(values);
  const shards = [0, 1, 2].map((k) => distributionOf(values.filter((_, i) => i % 3 === k)).encode());
  const merged = mergeDistributions(shards);
  expect(merged.n).toBe(5_000);
  for (const rank of [1, 2_500, 4_750, 4_950, 5_000]) expect(merged.atRank(rank)).toBe(whole.atRank(rank));
  expect(merged.mean).toBeCloseTo(whole.mean, 9);
  expect(merged.sd).toBeCloseTo(whole.sd, 9);
  // The serialised maximum is that of its bucket.
  expect(merged.max / whole.max).toBeCloseTo(1, 3);
});
