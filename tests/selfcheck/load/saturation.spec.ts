import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { createLoad } from '../../../fixtures/load/load.ts';
import { judgeSaturation } from '../../../fixtures/load/saturation/judge.ts';
import { saturationPicture } from '../../../fixtures/load/saturation/picture.ts';
import { type SaturateOptions, saturate } from '../../../fixtures/load/saturation/saturate.ts';
import { stepOf, whyNotSustained } from '../../../fixtures/load/saturation/steps.ts';
import { standardCapability } from '../../../fixtures/target/profile/index.ts';
import { serve } from '../support/http-servers.ts';
import { made } from './samples.ts';

const budget = { p95Ms: 100, goodShare: 0.95 };
const options: SaturateOptions = { title: 'rising', from: 20, most: 400, budget };

/** The result of a load on a server that answers one request at a time, in `ms` each, on an ideal clock. */
function queued(rate: number, ms: number, seconds = 1, from = 0) {
  let free = 0;
  const latencies = Array.from({ length: rate * seconds }, (_, i) => {
    const due = (i * 1000) / rate;
    free = Math.max(free, due) + ms;
    return free - due + from;
  });
  return made({ latencies, everyMs: 1000 / rate });
}

test('a server that answers one request at a time in 10 ms has its knee at 100 requests a second', async () => {
  const offered: number[] = [];
  const result = await saturate(async (rate) => {
    offered.push(rate);
    return queued(rate, 10);
  }, options);
  // After a second at 110 requests a second the queue is 100 ms long.
  expect(result.knee?.rate).toBeGreaterThanOrEqual(90);
  expect(result.knee?.rate).toBeLessThanOrEqual(112);
  expect(result.knee?.reason).toMatch(/^at \d+ a second: p95 \d+ ms, over 100 ms/);
  expect(result.steps.map(({ rate }) => rate)).toEqual(result.steps.map(({ rate }) => rate).toSorted((a, b) => a - b));
  expect(offered.length).toBeLessThan(15);
  const rate = result.knee?.rate ?? 0;
  expect(judgeSaturation(result, rate).verdict).toBe('pass');
  expect(judgeSaturation(result, rate + 1)).toMatchObject({
    verdict: 'fail',
    summary: expect.stringMatching(/^\d+ a second sustained \(at \d+ a second: p95/),
  });
  expect(judgeSaturation({ ...result, steps: [], knee: null }, 1).verdict, 'nothing offered').toBe('invalid');
  const svg = saturationPicture(result);
  expect(svg).toContain(`knee ${result.knee?.rate}`);
  expect(svg).toContain('p95 budget 100 ms');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('a target that sustains every rate has no knee, and one that sustains none has its knee at 0', async () => {
  expect((await saturate(async (rate) => queued(rate, 1), options)).knee).toBeNull();
  const hopeless = await saturate(async (rate) => queued(rate, 1, 1, 500), options);
  expect(hopeless.knee).toEqual({ rate: 0, reason: expect.stringContaining('at 20 a second: p95') });
  expect(hopeless.steps).toHaveLength(1);
});

test('a generator that cannot offer a higher rate ends the search without a knee', async () => {
  const result = await saturate(async (rate) => (rate > 100 ? null : queued(rate, 1)), options);
  expect(result).toMatchObject({ knee: null, steps: [{ rate: 20 }, { rate: 32 }, { rate: 51 }, { rate: 82 }] });
  expect(judgeSaturation(result, 80).verdict).toBe('pass');
  expect(judgeSaturation(result, 90).verdict, 'not enough was offered').toBe('invalid');
});

test('a rate that fails once and then holds is sustained, so one disturbance is not taken for the knee', async () => {
  let disturbed = false;
  const result = await saturate(async (rate) => {
    const once = rate > 50 && !disturbed;
    disturbed ||= once;
    return queued(rate, once ? 30 : 5);
  }, options);
  expect(disturbed).toBe(true);
  expect(result.knee?.rate).toBeGreaterThan(150);
});

test('a rate with falling goodput or missing answers is not sustained', () => {
  const failing = made({ latencies: Array.from({ length: 100 }, () => 10), failed: 20, everyMs: 10 });
  expect(whyNotSustained(stepOf(failing, 100, budget), budget)).toMatch(/80\.0 % good, under 95 %/);
  const slow = { ...stepOf(queued(50, 5), 50, budget), achieved: 40 };
  expect(whyNotSustained(slow, budget)).toBe('only 40.0 answers a second');
  expect(whyNotSustained(stepOf(queued(50, 5), 50, budget), budget)).toBe('');
});

test('the knee of a real server is found at its known capacity', { tag: '@slow', lock: '-exclusive-' }, async () => {
  let free = 0;
  await using server = await serve(async (_, response) => {
    // One answer after the other, 10 ms each by the clock, so that the server catches up after a busy machine made it late.
    free = Math.max(free, performance.now()) + 10;
    await delay(Math.max(0, free - performance.now()));
    response.end('ok');
  });
  const load = createLoad({
    baseUrl: server.url,
    headers: {},
    at: standardCapability,
    calibration: async () => null,
    onResult: async () => {},
  });
  const result = await saturate((rate) => load.constant({ rate, seconds: 1, warmup: 0.2 }, { route: '/' }), {
    ...options,
    from: 40,
    most: 320,
    budget: { ...budget, p95Ms: 300 },
  });
  expect(result.knee?.rate).toBeGreaterThanOrEqual(75);
  expect(result.knee?.rate).toBeLessThanOrEqual(135);
});
