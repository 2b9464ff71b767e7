import type { Lie } from '../../../fixtures/faults/upstream/call.ts';
import type { Upstream } from '../../../fixtures/faults/upstream/index.ts';
import { expect, type Generation, lies, test } from '../../../fixtures/index.ts';
import { startService } from './service.ts';
import { startModel } from './upstream.ts';

const databases = { gone: 'postgres://reader:hush@127.0.0.1:1/gone' };
const fail = lies.body('{}', { status: 500 });
const hi = lies.says('Hello');
/** The stream ends without [DONE]. */
const breaksOff = async ({ chunk, end }: Generation) => {
  await chunk({ content: 'Hel' });
  end();
};
const hello = { model: 'plumbline-tiny', messages: [{ role: 'user', content: 'Hello' }], stream: true };

type Backend = { id: string; state: string; healthy: boolean; in_flight: number; served: number; failed: number };

/** A service over upstreams named a, b, …, quick to open its breakers and to probe. */
async function startPool(said: readonly Lie[], settings: Record<string, string> = {}) {
  const stack = new AsyncDisposableStack();
  const upstreams = await Promise.all(said.map((one) => startModel(one)));
  for (const upstream of upstreams) stack.use(upstream);
  const backends = upstreams.map(({ url }, index) => ({ id: 'abc'[index], url }));
  const service = stack.use(
    await startService({
      databases,
      modelUrl: 'http://127.0.0.1:1',
      settings: {
        MODEL_BACKENDS: JSON.stringify(backends),
        BREAKER_VOLUME: '3',
        BREAKER_RESET_MS: '60000',
        BACKEND_HEALTH_INTERVAL_MS: '0',
        ...settings,
      },
    }),
  );
  const ask = async (body: object = {}, init: RequestInit = {}) => {
    const response = await fetch(`${service.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...hello, ...body }),
      ...init,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const list = async () => {
    const { items } = (await (await fetch(`${service.url}/api/v1/backends`)).json()) as { items: Backend[] };
    return items;
  };
  const states = async () => (await list()).map(({ state }) => state);
  return { service, upstreams, ask, list, states, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** How often a breaker opened: it may be half-open again by the time somebody looks. */
const opened = 'model_backend_transitions_total{backend="a",to="open"}';
const open = (id: string) => `model_backend_state{backend="${id}",state="open"}`;

test('a breaker opens after the configured failures, fails fast, and sends Retry-After', async () => {
  await using pool = await startPool([fail]);
  const statuses = [];
  for (let call = 0; call < 5; call++) statuses.push((await pool.ask()).status);
  expect(statuses).toEqual([502, 502, 502, 503, 503]);
  expect(pool.upstreams[0]?.calls).toHaveLength(3);
  expect(await pool.list()).toMatchObject([{ id: 'a', state: 'open', failed: 3, served: 0, in_flight: 0 }]);
  const { headers, text } = await pool.ask();
  expect(JSON.parse(text).error).toMatchObject({
    code: 'model_unavailable',
    message: expect.stringContaining('a (open)'),
  });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await pool.service.metric(open('a'))).toBe(1);
  expect(await pool.service.metric(opened)).toBe(1);
  expect(await pool.service.metric('model_backend_requests_total{backend="a",outcome="failed"}')).toBe(3);
});

test('a half-open breaker lets one call through, closes when that succeeds, and forgets earlier failures', async () => {
  await using pool = await startPool([fail], { BREAKER_RESET_MS: '150' });
  for (let call = 0; call < 3; call++) await pool.ask();
  expect(await pool.service.metric(opened)).toBe(1);
  await expect.poll(pool.states).toEqual(['half-open']);
  const [upstream] = pool.upstreams as [Upstream];
  const release = Promise.withResolvers<string>();
  upstream.lie(lies.says(() => release.promise));
  const probe = pool.ask();
  await expect.poll(() => upstream.calls.length).toBe(4);
  expect((await pool.ask()).status).toBe(503);
  release.resolve('Hi');
  expect((await probe).status).toBe(200);
  expect(await pool.states()).toEqual(['closed']);
  upstream.lie(fail);
  expect((await pool.ask()).status).toBe(502);
  expect((await pool.ask()).status).toBe(502);
  expect(await pool.states()).toEqual(['closed']);
  expect((await pool.ask()).status).toBe(502);
  expect(await pool.service.metric(opened)).toBe(2);
});

test('a half-open breaker opens again at once when its trial call fails', async () => {
  await using pool = await startPool([fail], { BREAKER_RESET_MS: '150' });
  for (let call = 0; call < 3; call++) await pool.ask();
  await expect.poll(pool.states).toEqual(['half-open']);
  expect((await pool.ask()).status).toBe(502);
  expect(await pool.service.metric(opened)).toBe(2);
});

test('a client that leaves the trial call of a half-open breaker early neither closes nor opens it', async () => {
  await using pool = await startPool([fail], { BREAKER_RESET_MS: '150' });
  for (let call = 0; call < 3; call++) await pool.ask();
  await expect.poll(pool.states).toEqual(['half-open']);
  const [upstream] = pool.upstreams as [Upstream];
  upstream.lie(lies.silence());
  const leave = new AbortController();
  const left = pool.ask({}, { signal: leave.signal }).catch(() => {});
  await expect.poll(() => upstream.calls.length).toBe(4);
  leave.abort();
  await left;
  await expect.poll(async () => (await pool.list())[0]?.in_flight).toBe(0);
  expect(await pool.service.metric(opened)).toBe(1);
  expect(await pool.states()).toEqual(['half-open']);
  upstream.lie(hi);
  expect((await pool.ask()).status).toBe(200);
  expect(await pool.states()).toEqual(['closed']);
});

for (const [title, lie, status] of [
  ['a refused request', lies.status(400, { code: 'no' }), 400],
  ['a busy model server', lies.status(503, { retryAfter: 2 }), 503],
  ['a rate limit', lies.body('{}', { status: 429 }), 503],
] as const)
  test(`${title} does not count as a failure of a backend`, async () => {
    await using pool = await startPool([lie]);
    for (let call = 0; call < 6; call++) expect((await pool.ask()).status).toBe(status);
    expect(await pool.list()).toMatchObject([{ state: 'closed', failed: 0 }]);
  });

test('clients that leave are counted separately, and not by the breaker', async () => {
  await using pool = await startPool([lies.silence()]);
  const [upstream] = pool.upstreams as [Upstream];
  for (let call = 1; call <= 5; call++) {
    const leave = new AbortController();
    const left = pool.ask({}, { signal: leave.signal }).catch(() => {});
    // Not after a time: on a busy machine the request would not have reached the backend by then.
    await expect.poll(() => upstream.calls.length).toBe(call);
    leave.abort();
    await left;
  }
  await expect.poll(pool.list).toMatchObject([{ state: 'closed', abandoned: 5, failed: 0, in_flight: 0 }]);
});

test('an answer that breaks off counts as a failure of its backend', async () => {
  await using pool = await startPool([lies.plays(breaksOff)]);
  for (let call = 0; call < 3; call++) {
    const { status, text } = await pool.ask();
    expect([status, text.includes('"error"'), text.includes('data: [DONE]')]).toEqual([200, true, false]);
  }
  expect(await pool.states()).toEqual(['open']);
});

test('a call that fails before it is answered is tried once more on another backend', async () => {
  await using pool = await startPool([fail, hi]);
  for (let call = 0; call < 4; call++) expect((await pool.ask()).status).toBe(200);
  const [a, b] = await pool.list();
  expect([a?.served, b?.served, b?.failed]).toEqual([0, 4, 0]);
  expect(a?.failed).toBeGreaterThan(0);

  await using broken = await startPool([fail, fail, fail]);
  expect((await broken.ask()).status).toBe(502);
  expect(broken.upstreams.map(({ calls }) => calls.length).toSorted()).toEqual([0, 1, 1]);
});

test('a call goes to the backend with the fewest calls in flight, and in turns where these are equal', async () => {
  await using pool = await startPool([hi, hi, lies.silence()]);
  // The third takes one and keeps it, so it gets no more.
  const leave = new AbortController();
  const held: Promise<unknown>[] = [];
  for (let call = 0; call < 3; call++) held.push(pool.ask({}, { signal: leave.signal }).catch(() => {}));
  await expect.poll(async () => (await pool.list())[2]?.in_flight).toBe(1);
  await expect.poll(async () => (await pool.list()).map(({ in_flight }) => in_flight)).toEqual([0, 0, 1]);
  for (let call = 0; call < 6; call++) expect((await pool.ask()).status).toBe(200);
  expect((await pool.list()).map(({ served }) => served)).toEqual([4, 4, 0]);
  leave.abort();
  await Promise.all(held);
});

test('a backend that stops answering probes gets no calls until it answers again', async () => {
  await using pool = await startPool([hi, hi], { BACKEND_HEALTH_INTERVAL_MS: '50' });
  const [a, b] = pool.upstreams as [Upstream, Upstream];
  const healthy = async () => (await pool.list()).map((backend) => backend.healthy);
  const sick = a.lie(lies.status(500), { path: '/v1/models' });
  await expect.poll(healthy).toEqual([false, true]);
  for (let call = 0; call < 4; call++) expect((await pool.ask()).status).toBe(200);
  expect([a.calls.length, b.calls.length]).toEqual([0, 4]);
  expect(await pool.service.metric('model_backend_healthy{backend="a"}')).toBe(0);
  sick.stop();
  await expect.poll(healthy).toEqual([true, true]);
  for (let call = 0; call < 4; call++) await pool.ask();
  expect(a.calls.length).toBeGreaterThan(0);
});

test('calls are still tried when every backend fails its probes', async () => {
  await using pool = await startPool([hi], { BACKEND_HEALTH_INTERVAL_MS: '50' });
  pool.upstreams[0]?.lie(lies.status(500), { path: '/v1/models' });
  await expect.poll(async () => (await pool.list())[0]?.healthy).toBe(false);
  expect((await pool.ask()).status).toBe(200);
});

test('a call goes only to backends that serve its model', async () => {
  await using a = await startModel(lies.says('from a'));
  await using b = await startModel(lies.says('from b'));
  const backends = [
    { id: 'a', url: a.url, models: ['one'] },
    { id: 'b', url: `${b.url}/v1/`, models: ['two'] },
  ];
  await using service = await startService({
    databases,
    modelUrl: 'http://127.0.0.1:1',
    settings: { MODEL_BACKENDS: JSON.stringify(backends) },
  });
  const ask = async (model: string) => {
    const response = await fetch(`${service.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...hello, model }),
    });
    await response.text();
    return response.status;
  };
  expect([await ask('one'), await ask('two'), await ask('two'), await ask('three')]).toEqual([200, 200, 200, 404]);
  expect([a.calls.length, b.calls.length]).toEqual([1, 2]);
});
