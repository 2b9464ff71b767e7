import { resultsOf } from '../../../fixtures/faults/steady/results.ts';
import { sendSteadily } from '../../../fixtures/faults/steady/traffic.ts';
import { watch } from '../../../fixtures/faults/steady/watch.ts';
import { expect, lies, faultTest as test } from '../../../fixtures/index.ts';
import { outcomeOf, outcomeOfFailure } from '../../../fixtures/load/outcome.ts';
import { madeTraffic, storm } from './steady-samples.ts';

const problem = JSON.stringify({ type: 'urn:x:model_unavailable', code: 'model_unavailable', title: 'x', status: 503 });

for (const [what, result, outcome] of [
  ['a result of undefined', undefined, { kind: 'ok' }],
  [
    'a result with its own kind',
    { kind: 'degraded', detail: 'no citations' },
    { kind: 'degraded', detail: 'no citations' },
  ],
  ['a success status', { status: 200, text: '' }, { kind: 'ok', status: 200 }],
  ['a problem document', { status: 503, text: problem }, { kind: 'refused', status: 503, code: 'model_unavailable' }],
  [
    'an error object',
    { status: 429, body: { error: { type: 'rate_limit_error', message: 'x', code: null } } },
    { kind: 'refused', status: 429, code: 'rate_limit_error' },
  ],
  ['an HTML page with status 502', { status: 502, text: '<html>' }, { kind: 'wrong', status: 502 }],
  ['an error status without a code', { status: 500, text: '{"statusCode":500}' }, { kind: 'wrong', status: 500 }],
] as const)
  test(`outcomeOf counts ${what} as ${outcome.kind}`, () => expect(outcomeOf(result)).toMatchObject(outcome));

test('steady traffic counts a failed expectation as wrong and a request that never ends as hung', async () => {
  const failed = await Promise.reject(new Error('expected 4')).catch(outcomeOfFailure);
  expect(failed).toEqual({ kind: 'wrong', detail: 'expected 4' });
  const aborted = Promise.withResolvers<void>();
  const generator = sendSteadily(
    (signal, n) => {
      if (n > 0) return;
      signal.addEventListener('abort', () => aborted.resolve());
      return new Promise(() => {});
    },
    { ratePerSecond: 50, timeoutMs: 100 },
  );
  await expect.poll(() => generator.samples.some(({ kind }) => kind === 'hung')).toBe(true);
  await generator.stop();
  const [hung] = generator.samples.filter(({ kind }) => kind !== 'ok');
  expect(hung).toMatchObject({ n: 0, kind: 'hung', detail: 'no answer within 100 ms' });
  await aborted.promise;
});

test('an open loop sends its requests on an absolute schedule, whatever time the answers take', async () => {
  let inFlight = 0;
  const generator = sendSteadily(
    async () => {
      inFlight += 1;
      await new Promise((resolve) => setTimeout(resolve, 150));
      inFlight -= 1;
    },
    { ratePerSecond: 40, timeoutMs: 5_000 },
  );
  await expect.poll(() => generator.samples.length).toBeGreaterThan(20);
  await generator.stop();
  const samples = generator.samples.toSorted((a, b) => a.n - b.n);
  for (const [i, { n, due, sent, done }] of samples.entries()) {
    expect(n).toBe(i);
    expect(due).toBeCloseTo(i * 25, 6);
    expect(sent).toBeGreaterThanOrEqual(due - 2);
    expect(done - sent).toBeGreaterThan(140);
    // The next request does not wait for this answer.
    expect(samples[i + 1]?.sent ?? 0).toBeLessThan(done);
  }
  expect(inFlight, 'requests in flight once the traffic has stopped').toBe(0);
});

test('each user of a closed loop sends one request after the other', async () => {
  let [now, most] = [0, 0];
  const generator = sendSteadily(
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
    },
    { users: 3, timeoutMs: 1_000 },
  );
  await expect.poll(() => generator.samples.length).toBeGreaterThan(12);
  await generator.stop();
  expect(most).toBe(3);
});

test('steady traffic is refused unless it has either a rate or users', () => {
  const send = (pace: object) => () => sendSteadily(() => undefined, { timeoutMs: 1_000, ...pace });
  expect(send({})).toThrow('but neither were given: set ratePerSecond for an open loop, or users for a closed one');
  expect(send({ users: 1, ratePerSecond: 1 })).toThrow('but both were given');
});

test('steady traffic sends requests late and drops none when its rate exceeds the limit of requests in flight', async () => {
  let [now, most] = [0, 0];
  const generator = sendSteadily(
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 400));
      now--;
    },
    { ratePerSecond: 1_000, timeoutMs: 5_000 },
  );
  await expect.poll(() => generator.samples.length).toBeGreaterThan(200);
  await generator.stop();
  expect(most).toBe(200);
  const samples = generator.samples.toSorted((a, b) => a.n - b.n);
  for (const [i, { n, due }] of samples.entries()) expect([n, Math.round(due)]).toEqual([i, i]);
  const next = samples[200];
  expect(next && next.sent - next.due, 'milliseconds by which the request is late').toBeGreaterThan(100);
});

test('the results of steady traffic are divided into before, during and after a fault, to which a request that overlaps it belongs', () => {
  const samples = madeTraffic(30, (n) => ({
    kind: n >= 9 && n < 20 ? 'refused' : 'ok',
    ms: n === 9 ? 450 : 20,
    code: 'x',
  }));
  const results = resultsOf(samples, [{ label: 'down', from: 1_000, to: 2_000 }]);
  expect(results.before.samples.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  // The tenth request was due before the fault and ended during it.
  expect(results.during('down').samples.map(({ n }) => n)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(results.during().outcomes).toEqual({ refused: 11 });
  expect(results.during().errors).toEqual({ '503 x': 11 });
  expect(results.during().slowest).toMatchObject({ n: 9, ms: 450 });
  expect(results.during().percentile(0.5)).toBe(20);
  expect(results.after.outcomes).toEqual({ ok: 10 });
  expect([results.firstOk, results.lastFailure]).toEqual([20, 0]);
  expect(results.all.outcomes).toEqual({ ok: 19, refused: 11 });
});

test('the results of steady traffic count the first right answer and the last failure from the time of healing', () => {
  const samples = madeTraffic(30, (n) => ({ kind: n >= 10 && n < 24 && n !== 21 ? 'lost' : 'ok', ms: 30 }));
  const results = resultsOf(samples, [{ label: 'down', from: 1_000, to: 2_000 }]);
  expect([results.firstOk, results.lastFailure]).toEqual([130, 330]);
});

test('reading a stage of steady traffic without requests fails as invalid', () => {
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

test('the bands of a watcher record only changes of state, and the state "no answer"', async () => {
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

test('steady traffic during a fault that is set and healed reports its outcomes before, during and after the fault', async ({
  steadyTraffic,
  startUpstream,
  startOwnTarget,
  modelId,
}, testInfo) => {
  const upstream = await startUpstream();
  const target = await startOwnTarget({ model: upstream, settings: { 'breaker reset': 300 } });
  const traffic = await steadyTraffic(
    async (http) => {
      const json = { model: modelId, messages: [{ role: 'user', content: 'Hello, respond briefly' }], max_tokens: 4 };
      const answer = await http.request('POST', '/v1/chat/completions', { json });
      if (answer.status === 200) expect(answer.json()).toHaveProperty('choices.0.message.content');
      return answer;
    },
    { on: target, users: 2, pauseMs: 20, timeoutMs: 20_000, title: 'greetings' },
  );
  await traffic.waitForRequests(5);
  const lie = upstream.lie(lies.status(503, { retryAfter: 1 }));
  const heal = await traffic.fault('model says 503', () => lie.stop);
  await traffic.waitForSample('a clear error', ({ kind, status }) => kind === 'refused' && status === 503);
  await traffic.waitForRequests(6);
  await heal();
  expect(await traffic.waitForRecovery({ within: 20_000 })).toBeGreaterThan(0);
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
