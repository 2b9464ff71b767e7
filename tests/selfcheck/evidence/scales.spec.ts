import { expect, test } from '@playwright/test';
import { plainLabel, xAxis } from '../../../fixtures/evidence/charts/axes.ts';
import { linearScale, logScale, percentileScale, type Scale } from '../../../fixtures/evidence/charts/scales.ts';

const range = [0, 600] as const;
const ticksOf = ({ ticks }: Scale): number[] => ticks.map((tick) => Number(tick.toPrecision(6)));

for (const [what, values, ticks] of [
  ['three powers of ten', [3, 2_000], [3, 10, 30, 100, 300, 1_000, 3_000]],
  ['six powers of ten', [0.02, 9_000], [0.1, 1, 10, 100, 1_000, 10_000]],
  ['less than one power of ten', [2.1, 6], [2, 3, 5, 7]],
  ['a single value', [40], [30, 50, 70, 100]],
  ['no value', [], [1, 2, 5, 10]],
] as const)
  test(`a logarithmic axis for ${what} has at least four labels, all of them round`, () => {
    expect(ticksOf(logScale(values, range))).toEqual(ticks);
  });

test('a logarithmic axis gives equal ratios equal room, and draws 0 at its beginning', () => {
  const { at } = logScale([1, 1_000], range);
  expect(at(100) - at(10)).toBeCloseTo(at(10) - at(1), 6);
  expect(at(0)).toBe(0);
  expect(at(1)).toBeGreaterThan(0);
  expect(at(1_000)).toBeLessThan(600);
});

test('a linear axis gives equal differences equal room, and an empty domain makes no NaN', () => {
  const { at, ticks } = linearScale([0, 8], range);
  expect([at(0), at(2), at(8)]).toEqual([0, 150, 600]);
  expect(ticks).toEqual([0, 2, 4, 6, 8]);
  expect(linearScale([0, 0], range).at(0)).not.toBeNaN();
});

test('a percentile axis gives 90 to 99 % as much room as 99 to 99.9 %, and ends where the values do', () => {
  const { at, ticks } = percentileScale(5_000, range);
  expect(at(0.999) - at(0.99)).toBeCloseTo(at(0.99) - at(0.9), 6);
  expect(at(1)).toBe(600);
  expect(ticks.at(-1)).toBe(0.999);
});

test('an axis draws a line at each tick and escapes its labels', () => {
  const scale = linearScale([0, 2_000], range, 2);
  const svg = xAxis({ scale, label: plainLabel, top: 0, bottom: 100, labelsAt: 117 });
  expect([...svg.matchAll(/x1="(\d+)"[^>]*><text[^>]*>([\d,]+)</g)].map(([, x, text]) => [x, text])).toEqual([
    ['0', '0'],
    ['300', '1,000'],
    ['600', '2,000'],
  ]);
  expect(xAxis({ scale, label: () => '<b>', top: 0, bottom: 1, labelsAt: 2 })).not.toContain('<b>');
});
