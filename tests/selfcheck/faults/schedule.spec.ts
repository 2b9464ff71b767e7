import { writeFileSync } from 'node:fs';
import { play } from '../../../fixtures/faults/schedule/play.ts';
import { runAndShrink } from '../../../fixtures/faults/schedule/run-and-shrink.ts';
import { makeSchedule, readSchedule, type Schedule } from '../../../fixtures/faults/schedule/schedule.ts';
import { shrink } from '../../../fixtures/faults/schedule/shrink.ts';
import { expect, test } from '../../../fixtures/index.ts';
import { outcomes, runInline } from '../support/inline-run.ts';

const names = ['cache down', 'model frozen', 'database down'];
const minute = { forMs: 60_000, everyMs: 1_000 };

test('a seed determines the fault schedule, in which no fault overlaps with itself', () => {
  const schedule = makeSchedule(names, { seed: 7, ...minute });
  expect(makeSchedule(names, { seed: 7, ...minute })).toEqual(schedule);
  expect(makeSchedule(names, { seed: 8, ...minute }).faults).not.toEqual(schedule.faults);
  expect(schedule.faults.length).toBeGreaterThan(20);
  expect(new Set(schedule.faults.map(({ fault }) => fault))).toEqual(new Set(names));
  for (const seed of [1, 2, 3, 4, 5]) {
    const { faults } = makeSchedule(names, { seed, ...minute, lasts: [200, 5_000] });
    for (const [i, one] of faults.entries()) {
      expect(one.at + one.lasts, 'end of the last fault, before a calm time').toBeLessThanOrEqual(58_000);
      expect(one.at).toBeGreaterThanOrEqual(faults[i - 1]?.at ?? 0);
      const same = faults.slice(i + 1).filter(({ fault }) => fault === one.fault);
      for (const later of same) expect(later.at).toBeGreaterThan(one.at + one.lasts);
    }
    expect(
      faults.some((one, i) => (faults[i + 1]?.at ?? Infinity) < one.at + one.lasts),
      'whether some faults overlap with others',
    ).toBe(true);
  }
});

test('readSchedule reads a written schedule back, and refuses an invalid one or one with unknown faults', ({}, testInfo) => {
  const file = testInfo.outputPath('schedule.json');
  const schedule = makeSchedule(names, { seed: 3, ...minute });
  writeFileSync(file, JSON.stringify(schedule));
  expect(readSchedule(file, names)).toEqual(schedule);
  expect(() => readSchedule(file, ['cache down'])).toThrow(/names faults that this test has not: .*It has: cache down/);
  writeFileSync(file, JSON.stringify({ faults: [{ fault: 'cache down', at: -1 }] }));
  expect(() => readSchedule(file, names)).toThrow();
});

test('play() sets and heals each fault at its time, and heals all faults when one of them fails', async () => {
  const log: [string, number][] = [];
  const began = performance.now();
  const note = (what: string) => void log.push([what, performance.now() - began]);
  const fault = (name: string) => () => {
    note(`${name} set`);
    return () => note(`${name} healed`);
  };
  const schedule: Schedule = {
    seed: 1,
    forMs: 300,
    faults: [
      { fault: 'a', at: 50, lasts: 150 },
      { fault: 'b', at: 100, lasts: 50 },
    ],
  };
  await play(schedule, { a: fault('a'), b: fault('b') });
  expect(log.map(([what]) => what)).toEqual(['a set', 'b set', 'b healed', 'a healed']);
  for (const [i, due] of [50, 100, 150, 200].entries()) expect(log[i]?.[1]).toBeGreaterThanOrEqual(due - 2);
  expect(performance.now() - began).toBeGreaterThanOrEqual(298);

  log.length = 0;
  const broken = play(schedule, { a: fault('a'), b: () => Promise.reject(new Error('b cannot')) });
  await expect(broken).rejects.toThrow('b cannot');
  expect(
    log.map(([what]) => what),
    'what happened',
  ).toEqual(['a set', 'a healed']);
});

const big = makeSchedule(names, { seed: 11, ...minute });
const has = (schedule: Schedule, ...wanted: number[]): boolean =>
  wanted.every((i) =>
    schedule.faults.some(({ fault, at }) => at === big.faults[i]?.at && fault === big.faults[i]?.fault),
  );

for (const culprits of [[0], [17], [3, 21], [1, 9, 20]])
  test(`shrink() finds the faults that are needed for a failure among ${big.faults.length}: ${culprits.join(', ')}`, async () => {
    const { schedule, attempts, done } = await shrink(big, (candidate) => has(candidate, ...culprits), {
      withinMs: 10_000,
    });
    expect(schedule.faults.map(({ fault, at }) => [fault, at])).toEqual(
      culprits.map((i) => [big.faults[i]?.fault, big.faults[i]?.at]),
    );
    for (const { lasts } of schedule.faults) expect(lasts, 'duration of a remaining fault').toBeLessThan(100);
    const last = schedule.faults.at(-1);
    const tail = 60_000 - Math.max(...big.faults.map(({ at, lasts }) => at + lasts));
    expect(schedule.forMs).toBe((last?.at ?? 0) + (last?.lasts ?? 0) + tail);
    expect(done).toBe(true);
    expect(attempts).toBeLessThan(200);
  });

test('shrink() shortens a fault only while the run still fails', async () => {
  const one: Schedule = { seed: 1, forMs: 3_000, faults: [{ fault: 'cache down', at: 100, lasts: 1_600 }] };
  const { schedule } = await shrink(one, ({ faults }) => (faults[0]?.lasts ?? 0) >= 400, { withinMs: 5_000 });
  expect(schedule).toEqual({ seed: 1, forMs: 1_800, faults: [{ fault: 'cache down', at: 100, lasts: 400 }] });
});

test('shrink() returns a schedule without faults for a run that always fails', async () => {
  expect((await shrink(big, () => true, { withinMs: 5_000 })).schedule.faults).toEqual([]);
});

test('shrink() stops at its time limit and returns the shortest failing schedule so far', async () => {
  const began = performance.now();
  const slow = async (candidate: Schedule) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return has(candidate, 3, 21);
  };
  const { schedule, done } = await shrink(big, slow, { withinMs: 150 });
  expect(done).toBe(false);
  expect(has(schedule, 3, 21)).toBe(true);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect((await shrink(big, (candidate) => has(candidate, 3, 21), { withinMs: 5_000, most: 3 })).attempts).toBe(3);
});

test('runAndShrink() fails with the shortest failing schedule and the way to play it again', async () => {
  const attachedSchedules: [string, Schedule][] = [];
  const options = {
    shrinkMs: 5_000,
    keep: async (name: string, schedule: Schedule) => void attachedSchedules.push([name, schedule]),
  };
  await runAndShrink(big, async () => {}, options);
  expect(attachedSchedules.map(([name]) => name)).toEqual(['fault schedule']);
  const run = async (schedule: Schedule) => {
    if (has(schedule, 17)) throw new Error('a wrong answer');
  };
  const error = await runAndShrink(big, run, options).catch((thrown: Error) => thrown.message);
  expect(error).toMatch(
    /^a wrong answer\n\nThe shortest schedule that fails \(\d+ tried in \d+ ms\): [\w ]+ at \d+ ms for \d+ ms\.\nPlay it again: PLUMBLINE_FAULT_SCHEDULE=/,
  );
  expect(attachedSchedules.at(-1)).toEqual([
    'shortest fault schedule',
    expect.objectContaining({ faults: [expect.anything()] }),
  ]);
});

test('a run with PLUMBLINE_FAULT_SCHEDULE plays the schedule in that file', async ({}, testInfo) => {
  const file = testInfo.outputPath('again.json');
  const again: Schedule = { seed: 5, forMs: 1_000, faults: [{ fault: 'b', at: 10, lasts: 20 }] };
  writeFileSync(file, JSON.stringify(again));
  const run = await runInline(
    testInfo,
    {
      'again.spec.ts': `
import { faultTest as test } from '$fixtures';
test('plays', async ({ runRandomFaults }) => {
  await runRandomFaults({ faults: ['a', 'b'], shrinkMs: 0 }, async (schedule) => { throw new Error(JSON.stringify(schedule)); });
});`,
    },
    { env: { PLUMBLINE_FAULT_SCHEDULE: file } },
  );
  expect(outcomes(run)[0]?.errors.join()).toContain(JSON.stringify(again));
});
