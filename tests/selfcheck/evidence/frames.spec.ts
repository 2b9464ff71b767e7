import { expect, test } from '@playwright/test';
import { leavePlainFrames, plain } from '../../../fixtures/evidence/plain-frames.ts';

type Prepare = NonNullable<typeof Error.prepareStackTrace>;

test('a stack names the same lines of the same sources, whoever writes the frames that have none', async () => {
  leavePlainFrames();
  const ours = Error.prepareStackTrace as Prepare & { [plain]: Prepare };
  const stacks: [theirs: string, ours: string][] = [];
  Error.prepareStackTrace = (error, frames) => {
    stacks.push([ours[plain](error, frames), ours(error, frames)]);
    return stacks.at(-1)?.[1];
  };
  try {
    // Frames of this file, of Playwright, of Node; before and after a wait.
    const look = (message: string): unknown => new TypeError(message).stack;
    look('in a test\nof two lines');
    [1].map(() => look('in a callback of Node'));
    await Promise.all([Promise.resolve().then(() => look('in a promise'))]);
    look('after a wait');
    JSON.parse('1', () => look('in a native function'));
  } finally {
    Error.prepareStackTrace = ours;
  }
  expect(stacks).toHaveLength(5);
  for (const [theirs, written] of stacks) {
    expect(written).toBe(theirs);
    expect(written).toMatch(/frames\.spec\.ts:\d+:\d+/);
  }
  expect(stacks[0]?.[1]).toContain('frames.spec.ts:16:');
});
