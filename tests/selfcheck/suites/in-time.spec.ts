import { expect, test } from '@playwright/test';
import { inTime } from '../../../fixtures/suites/streams/in-time.ts';

/** Attempts, and a watch that says how late the loop ran in each. */
async function tried(...late: number[]) {
  let n = 0;
  const watch = () => () => ({ p99: 0, max: late[n - 1] ?? Number.NaN, samples: 1 });
  return inTime(async () => ++n, watch);
}

test('a reader that nobody held up reads once', async () => {
  expect(await tried(150)).toEqual({ value: 1, lateMs: 0 });
});

test('a reader that was held up reads once more', async () => {
  expect(await tried(400, 3, 500)).toEqual({ value: 2, lateMs: 0 });
});

test('a reader that is held up each time says for how long', async () => {
  expect(await tried(400, 900, 300, 1)).toEqual({ value: 3, lateMs: 300 });
});

test('a loop that stands still is seen', async () => {
  const { lateMs } = await inTime(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const until = performance.now() + 400;
    while (performance.now() < until);
  });
  expect(lateMs).toBeGreaterThan(300);
});
