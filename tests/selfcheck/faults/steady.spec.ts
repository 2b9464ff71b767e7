import { resultsOf } from '../../../fixtures/faults/steady/results.ts';
import { generate } from '../../../fixtures/faults/steady/traffic.ts';
import { watch } from '../../../fixtures/faults/steady/watch.ts';
import { expect, lies, faultTest as test } from '../../../fixtures/index.ts';
import { outcomeOf, outcomeOfFailure } from '../../../fixtures/load/outcome.ts';
import { madeTraffic, storm } from './steady-samples.ts';

const problem = JSON.stringify({ type: 'urn:x:model_unavailable', code: 'model_unavailable', title: 'x', status: 503 });

for (const [what, result, outcome] of [
  ['nothing', undefined, { kind: 'ok' }],
  ['its own word', { kind: 'degraded', detail: 'no citations' }, { kind: 'degraded', detail: 'no citations' }],
  ['a success', { status: 200, text: '' }, { kind: 'ok', status: 200 }],
  ['a problem document', { status: 503, text: problem }, { kind: 'refused', status: 503, code: 'model_unavailable' }],
  [
    'an error object',
    { status: 429, body: { error: { type: 'rate_limit_error', message: 'x', code: null } } },
    { kind: 'refused', status: 429, code: 'rate_limit_error' },
  ],
  ['a page', { status: 502, text: '<html>' }, { kind: 'wrong', status: 502 }],
  ['an error without a word', { status: 500, text: '{"statusCode":500}' }, { kind: 'wrong', status: 500 }],
] as const)
  test(`${what} is ${outcome.kind}`, () => expect(outcomeOf(result)).toMatchObject(outcome));

test('a failed expectation is wrong, a closed port is lost, and what does not end hangs', async () => {
  const failed = await Promise.reject(new Error('expected 4')).catch(outcomeOfFailure);
  expect(failed).toEqual({ kind: 'wrong', detail: 'expected 4' });
  const generator = generate(
    ({ n }) => (n === 0 ? new Promise(() => {}) : Promise.resolve()),
    {},
    { ratePerSecond: 50, timeoutMs: 100 },
  );
  await expect.poll(() => generator.samples.some(({ kind }) => kind === 'hung')).toBe(true);
  await generator.stop();
  const [hung] = generator.samples.filter(({ kind }) => kind !== 'ok');
  expect(hung).toMatchObject({ n: 0, kind: 'hung', detail: 'no answer within 100 ms' });
});

test('requests are due on an absolute schedule, however slow the answers are', async () => {
  const generator = generate(
    () => new Promise((resolve) => setTimeout(resolve, 150)),
    {},
    { ratePerSecond: 40, timeoutMs: 5_000 },
  );
  await expect.poll(() => generator.samples.length).toBeGreaterThan(20);
  await generator.stop();
  const samples = generator.samples.toSorted((a, b) => a.n - b.n);
  for (const [i, { n, due, sent, done }] of samples.entries()) {
    expect([n, due]).toEqual([i, i * 25]);
    expect(sent).toBeGreaterThanOrEqual(due - 2);
    expect(done - sent).toBeGreaterThan(140);
    // The next one is not kept waiting for this one's answer.
    expect(samples[i + 1]?.sent ?? 0).toBeLessThan(done);
  }
  expect(generator.inFlight()).toBe(0);
});

test('users ask one request after the other', async () => {
  let [now, most] = [0, 0];
  const generator = generate(
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
    },
    {},
    { users: 3, timeoutMs: 1_000 },
  );
  await expect.poll(() => generator.samples.length).toBeGreaterThan(12);
  await generator.stop();
  expect(most).toBe(3);
});

test('stretches hold what belongs to them: before, during, after, and what straddles a fault is its own', () => {
  const samples = madeTraffic(30, (n) => ({
    kind: n >= 9 && n < 20 ? 'refused' : 'ok',
    ms: n === 9 ? 450 : 20,
    code: 'x',
  }));
  const results = resultsOf(samples, [{ label: 'down', from: 1_000, to: 2_000 }]);
  expect(results.before.samples.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  // The tenth was due before the fault and ended in it.
  expect(results.during('down').samples.map(({ n }) => n)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(results.during().outcomes).toEqual({ refused: 11 });
  expect(results.during().errors).toEqual({ '503 x': 11 });
  expect(results.during().slowest).toMatchObject({ n: 9, ms: 450 });
  expect(results.during().percentile(0.5)).toBe(20);
  expect(results.after.outcomes).toEqual({ ok: 10 });
  expect([results.firstOk, results.lastFailure]).toEqual([20, 0]);
  expect(results.all.outcomes).toEqual({ ok: 19, refused: 11 });
});

test('recovery is told from the healing on: the first right answer, and the last failure', () => {
  const samples = madeTraffic(30, (n) => ({ kind: n >= 10 && n < 24 && n !== 21 ? 'lost' : 'ok', ms: 30 }));
  const results = resultsOf(samples, [{ label: 'down', from: 1_000, to: 2_000 }]);
  expect([results.firstOk, results.lastFailure]).toEqual([130, 330]);
});

test('a stretch without requests proves nothing and says so', () => {
  const results = resultsOf(
    madeTraffic(5, () => ({ kind: 'ok', ms: 10 })),
    [{ label: 'x', from: 600, to: 700 }],
  );
  expect(() => results.during()).toThrow(/Invalid: no request fell into the fault/);
  expect(() => results.after).toThrow('Invalid');
  expect(() => results.firstOk).toThrow('No request was right');
  expect(() => results.during('y')).toThrow('There was no fault y: x');
  expect(resultsOf(storm.samples, storm.faults).during('model frozen').outcomes).toMatchObject({ hung: 4, wrong: 1 });
});

test('bands show changes only, and what does not answer', async () => {
  const states = ['up', 'up', 'down', 'throw', 'throw', 'up'];
  const watcher = watch(
    {
      one: async () => {
        const state = states.shift() ?? 'up';
        if (state === 'throw') throw new Error('refused');
        return state;
      },
      many: async () => ({ '': 'a', x: 'b' }),
    },
    () => performance.now(),
    5,
  );
  await expect.poll(() => states.length).toBe(0);
  await expect.poll(() => watcher.bands['one']?.length).toBe(4);
  await watcher.stop();
  expect(watcher.bands['one']?.map(({ state }) => state)).toEqual(['up', 'down', 'no answer', 'up']);
  expect(watcher.bands).toMatchObject({ many: [{ state: 'a' }], 'many x': [{ state: 'b' }] });
});

test('steady traffic over a fault that is set and healed: what held before, during and after is in the report', async ({
  steady,
  startUpstream,
  startOwnTarget,
  modelId,
}, testInfo) => {
  const upstream = await startUpstream();
  const target = await startOwnTarget({ model: upstream, env: { BREAKER_RESET_MS: '300' } });
  const traffic = await steady(
    async ({ http, signal }) => {
      const json = { model: modelId, messages: [{ role: 'user', content: 'Hello, respond briefly' }], max_tokens: 4 };
      const answer = await http.request('POST', '/v1/chat/completions', { json, signal });
      if (answer.status === 200) expect(answer.json()).toHaveProperty('choices.0.message.content');
      return answer;
    },
    { on: target, users: 2, pauseMs: 20, timeoutMs: 20_000, title: 'greetings' },
  );
  await traffic.more(5);
  const lie = upstream.lie(lies.status(503, { retryAfter: 1 }));
  const heal = await traffic.fault('model says 503', () => lie.stop);
  await traffic.sees('a clear error', ({ kind, status }) => kind === 'refused' && status === 503);
  await traffic.more(6);
  await heal();
  expect(await traffic.recovers({ within: 20_000 })).toBeGreaterThan(0);
  const results = await traffic.stop();

  expect(results.before.outcomes).toEqual({ ok: results.before.samples.length });
  expect(Object.keys(results.during().errors)).toEqual(['503 model_unavailable']);
  expect(results.after.outcomes.ok).toBeGreaterThanOrEqual(3);
  expect(results.lastFailure).toBeLessThan(20_000);
  expect(results.bands['ready']?.[0]?.state).toBe('up');
  expect(results.faults).toEqual([{ label: 'model says 503', from: expect.any(Number), to: expect.any(Number) }]);
  expect(testInfo.annotations).toContainEqual({
    type: 'recovery time',
    description: expect.stringMatching(/^greetings: \d+ ms$/),
  });
});
