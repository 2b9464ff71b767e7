import { expect, test } from '@playwright/test';
import { arrivals } from '../../../fixtures/load/arrivals.ts';

const times = (plan: ReturnType<typeof arrivals>): number[] => Array.from({ length: plan.count }, (_, i) => plan.at(i));

test('a constant arrival rate makes the i-th request due at i divided by the rate', () => {
  const plan = arrivals([{ from: 20, to: 20, seconds: 5 }]);
  expect(plan.count).toBe(100);
  for (const [i, at] of times(plan).entries()) expect(at).toBeCloseTo((i / 20) * 1000, 6);
  // 3 × 1/3 s is one request, whatever floating point makes of it.
  expect(arrivals([{ from: 3, to: 3, seconds: 1 / 3 }]).count).toBe(1);
  expect(arrivals([{ from: 33.3, to: 33.3, seconds: 10 }]).count).toBe(333);
});

test('a rising arrival rate makes as many requests due as the area under it, with ever shorter gaps', () => {
  const plan = arrivals([{ from: 0, to: 100, seconds: 2 }]);
  expect(plan.count).toBe(100);
  const due = times(plan);
  const gaps = due.slice(1).map((at, i) => at - (due[i] ?? 0));
  for (const [i, gap] of gaps.entries()) if (i > 0) expect(gap).toBeLessThan(gaps[i - 1] ?? 0);
  // The first half of the time has a quarter of the requests.
  expect(due.filter((at) => at < 1000)).toHaveLength(25);
  expect(gaps.at(-1)).toBeCloseTo(10, 0);
});

test('a falling arrival rate makes the gaps grow, and the last request is due before the stage ends', () => {
  const plan = arrivals([{ from: 100, to: 0, seconds: 2 }]);
  const due = times(plan);
  expect(due.filter((at) => at < 1000)).toHaveLength(75);
  expect(due.at(-1)).toBeLessThan(2000);
});

test('the stages of an open loop follow each other without a gap, a burst or a lost request', () => {
  const plan = arrivals([
    { from: 10, to: 10, seconds: 1.05 },
    { from: 50, to: 50, seconds: 1 },
    { from: 20, to: 20, seconds: 1 },
  ]);
  const due = times(plan);
  expect(due).toHaveLength(81);
  expect(due).toEqual(due.toSorted((a, b) => a - b));
  expect(new Set(due).size).toBe(81);
  // The half request that is left at 1.05 s becomes a whole one at the new rate.
  expect(due[11]).toBeCloseTo(1050 + 10, 6);
  expect(due.filter((at) => at >= 1050 && at < 2050)).toHaveLength(50);
});

test('a stage in which no request could be due is refused, and the error says what a stage needs', () => {
  for (const stage of [
    { from: 0, to: 0, seconds: 1 },
    { from: -1, to: 5, seconds: 1 },
    { from: 5, to: 5, seconds: 0 },
    { from: Number.NaN, to: 5, seconds: 1 },
  ])
    expect(() => arrivals([stage]), JSON.stringify(stage)).toThrow(
      /needs rates of 0 or more, one of them above 0, and a duration above 0 seconds, but it is \{.*Correct the rates/,
    );
});
