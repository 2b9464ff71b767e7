import { expect, test } from '@playwright/test';
import { repeatIfDelayed } from '../../../fixtures/suites/streams/repeat-if-delayed.ts';

/** Runs `repeatIfDelayed` with a watch that reports these latenesses of the event loop, one for each attempt. */
async function attempts(...late: number[]) {
  let n = 0;
  const watch = () => () => ({ p99: 0, max: late[n - 1] ?? Number.NaN, samples: 1 });
  return repeatIfDelayed(async () => ++n, watch);
}

test('repeatIfDelayed reads once when the event loop was not late', async () => {
  expect(await attempts(150)).toEqual({ value: 1, lateMs: 0 });
});

test('repeatIfDelayed reads again when the event loop was late', async () => {
  expect(await attempts(400, 3, 500)).toEqual({ value: 2, lateMs: 0 });
});

test('repeatIfDelayed reports the smallest lateness when the event loop was late in every attempt', async () => {
  expect(await attempts(400, 900, 300, 1)).toEqual({ value: 3, lateMs: 300 });
});

test('repeatIfDelayed notices that the event loop was blocked', async () => {
  const { lateMs } = await repeatIfDelayed(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const until = performance.now() + 400;
    while (performance.now() < until);
  });
  expect(lateMs).toBeGreaterThan(300);
});
