import type { ServerResponse } from 'node:http';
import { test as base, expect } from '@playwright/test';
import { createLoad, type Load } from '../../../fixtures/load/load.ts';
import type { LoadResult } from '../../../fixtures/load/result.ts';
import { standardCapability } from '../../../fixtures/target/profile/index.ts';
import { type Served, serve } from '../support/http-servers.ts';

/** A server that answers at once, except while it is frozen: then it answers when it thaws. */
interface Freezing extends Served {
  freeze(): void;
  thaw(): void;
  readonly seen: string[];
}

const loadOn = (url: string): Load =>
  createLoad({
    baseUrl: url,
    headers: {},
    at: standardCapability,
    calibration: async () => null,
    onResult: async () => {},
  });

const test = base.extend<{ server: Freezing; load: Load }>({
  server: async ({}, use) => {
    const seen: string[] = [];
    let waiting: ServerResponse[] | null = null;
    await using served = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (waiting) waiting.push(response);
      else answer(request.url ?? '', response);
    });
    await use({
      ...served,
      seen,
      freeze() {
        waiting = [];
      },
      thaw() {
        for (const response of waiting ?? []) answer('', response);
        waiting = null;
      },
    });
  },
  load: async ({ server }, use) => use(loadOn(server.url)),
});

function answer(path: string, response: ServerResponse): void {
  if (path.startsWith('/never')) return;
  const [, status] = /^\/status\/(\d+)/.exec(path) ?? [];
  if (status) response.writeHead(Number(status), { 'content-type': 'application/problem+json' });
  if (path.startsWith('/stream')) stream(response);
  else response.end(status ? '{"type":"about:blank","title":"no","code":"no"}' : 'ok');
}

/** Four tokens, 20 ms apart, the first after 30 ms. */
function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const choice = (delta: object) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
  for (const [i, text] of ['one', 'two', 'three', 'four'].entries())
    setTimeout(() => response.write(choice({ content: text })), 30 + 20 * i);
  setTimeout(() => response.end('data: [DONE]\n\n'), 100);
}

const get = (path: `/${string}`) => ({ route: path });

/** Uses processor time, in milliseconds, however busy the machine is. */
function compute(ms: number): void {
  const spent = (): number => process.threadCpuUsage().user / 1000;
  const until = spent() + ms;
  while (spent() < until);
}

/** Every request is there once, was sent when it was due or later, and ended after it was sent. */
function expectComplete({ rows, due }: LoadResult, count: number): void {
  expect(due).toBe(count);
  expect(rows.map(({ i }) => i - (rows[0]?.i ?? 0))).toEqual(Array.from({ length: count }, (_, i) => i));
  for (const { due, sent, done } of rows) {
    expect(sent).toBeGreaterThanOrEqual(due - 0.01);
    expect(done).toBeGreaterThanOrEqual(sent);
  }
}

test('a server that freezes slows every request that is due meanwhile, so coordinated omission hides none', async ({
  server,
  load,
}) => {
  let [frozen, thawed] = [0, 0];
  const began = performance.now();
  const timers = [
    setTimeout(() => {
      frozen = performance.now();
      server.freeze();
    }, 400),
    setTimeout(() => {
      thawed = performance.now();
      server.thaw();
    }, 1_000),
  ];
  const stamps = new Map<number, number>();
  const result = await load.constant({ rate: 100, seconds: 1.5, warmup: 0 }, async (http, i) => {
    stamps.set(i, performance.now());
    return http.get('/');
  });
  for (const timer of timers) clearTimeout(timer);
  expectComplete(result, 150);
  expect(frozen - began).toBeGreaterThan(399);
  // When the load began, on the test's clock.
  const start = Math.min(...result.rows.map(({ i, sent }) => (stamps.get(i) ?? Number.NaN) - sent));
  const meanwhile = result.rows.filter(({ due, sent }) => start + due < thawed - 5 && start + sent > frozen + 5);
  expect(meanwhile.length).toBeGreaterThan(20);
  // A request that was due earlier has waited longer. A busy machine can only add to that.
  for (const { due, done } of meanwhile) expect(done - due).toBeGreaterThanOrEqual(thawed - (start + due) - 2);
});

test('a closed loop sends no request while it waits for an answer, and its result is marked as closed', async ({
  server,
  load,
}) => {
  const thaw = setTimeout(() => server.thaw(), 300);
  server.freeze();
  const result = await load.users({ users: 2, rounds: 20, warmup: 0 }, get('/'));
  clearTimeout(thaw);
  expect(result.pace).toMatchObject({ kind: 'closed', users: 2 });
  expect(result.due).toBe(40);
  const slow = result.rows.filter(({ due, done }) => done - due > 150);
  expect(slow.length, 'only the requests in flight were slow').toBeLessThanOrEqual(6);
  expect(slow.length).toBeGreaterThanOrEqual(2);
});

test('a generator that sends late skips no request, reports its lateness and counts it as latency', async ({
  load,
}) => {
  const result = await load.constant({ rate: 100, seconds: 0.6, warmup: 0 }, (http, i) => {
    if (i === 10) compute(150);
    return http.get('/');
  });
  expectComplete(result, 60);
  expect(result.lag.max).toBeGreaterThan(120);
  const late = result.rows.filter(({ i }) => i > 10 && i < 20);
  for (const { due, sent, done } of late) expect(done - due).toBeGreaterThan(sent - due);
  expect(late[0] && late[0].sent - late[0].due).toBeGreaterThan(120);
  expect(result.lateness.busy, 'the generator itself was busy').toBeGreaterThan(50);
});

test('requests that are dropped, refused or hung are counted and stay among those that were due', async ({
  server,
  load,
}) => {
  server.freeze();
  const thaw = setTimeout(() => server.thaw(), 800);
  const dropped = await load.constant({ rate: 50, seconds: 0.4, warmup: 0, maxInFlight: 5 }, get('/'));
  clearTimeout(thaw);
  expectComplete(dropped, 20);
  expect(dropped.failures['dropped']?.n).toBe(15);
  expect(dropped.ok).toBe(5);

  server.thaw();
  const hung = await load.constant({ rate: 20, seconds: 0.2, warmup: 0, timeoutMs: 200 }, get('/never'));
  expect(hung).toMatchObject({ due: 4, ok: 0, failures: { hung: { n: 4 } } });
  const refused = await load.users({ users: 1, rounds: 3, warmup: 0 }, get('/status/503'));
  expect(refused).toMatchObject({ due: 3, ok: 0, failures: { 'refused 503 no': { n: 3 } } });
  const wrong = await load.users({ users: 1, rounds: 2, warmup: 0 }, async (http) => {
    expect((await http.get('/')).text).toBe('something else');
  });
  expect(Object.keys(wrong.failures)).toEqual(['wrong']);
});

test('a server that is not there makes every request of a load a lost one', async () => {
  await using gone = await serve(() => {});
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  const result = await loadOn(url).constant({ rate: 50, seconds: 0.2, warmup: 0 }, get('/'));
  expect(result).toMatchObject({ due: 10, ok: 0, failures: { 'lost ECONNREFUSED': { n: 10 } } });
});

test('requests that the client refuses to send count as lost, with the remark that the service is not at fault', async ({
  server,
  load,
}) => {
  const result = await load.users({ users: 1, rounds: 3, warmup: 0 }, get('/a b'));
  expect(server.seen).toEqual([]);
  expect(result).toMatchObject({ due: 3, ok: 0, failures: { 'lost unsent': { n: 3 } } });
  expect(result.failures['lost unsent']?.detail).toBe(
    'no fault of the service: Plumbline’s own client refused to send it (invalid request path)',
  );
});

test('the warm-up of a load is sent and counts in no figure', async ({ server, load }) => {
  const result = await load.constant({ rate: 40, seconds: 0.5, warmup: 0.25 }, get('/'));
  expect(server.seen).toHaveLength(30);
  expect(result).toMatchObject({ due: 20, warmedUpWith: 10 });
  expect(result.rows[0]).toMatchObject({ i: 10, due: 250 });
  const users = await load.users({ users: 3, rounds: 2, warmup: 1 }, get('/'));
  expect(users).toMatchObject({ due: 6, warmedUpWith: 3 });
});

test('a load of streams measures time to first token from due, inter-token latency and tokens a second', async ({
  load,
}) => {
  const result = await load.constant(
    { rate: 20, seconds: 0.4, warmup: 0 },
    { method: 'STREAM', route: '/stream', json: {} },
  );
  expectComplete(result, 8);
  for (const { ttft, itl, tokensPerSecond, due, done } of result.rows) {
    expect(ttft).toBeGreaterThan(28);
    expect(ttft).toBeLessThan(done - due);
    // If the server stalls and sends all tokens at once, there are no gaps.
    // The middle one of three uneven gaps may be longer than their mean, and no longer than all of them.
    if (!Number.isNaN(itl)) expect(itl + ttft).toBeLessThanOrEqual(done - due + 0.01);
    expect(tokensPerSecond * (done - due)).toBeGreaterThan(3_900);
  }
  expect(result.ttft.n).toBe(8);
  // Tokens are 20 ms apart. A late one shortens the gaps after it, which happens in fewer than half of the streams.
  expect(result.itl.atRank(Math.ceil(result.itl.n / 2))).toBeGreaterThan(15);
});
