import http from 'node:http';
import { lies, startUpstream } from '../../fixtures/chaos/upstream/index.ts';
import { expect, test } from '../../fixtures/index.ts';
import { outcomes as outcomesOf, runInline } from './support/inlineRun.ts';

interface Heard {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** What broke it off, where it is not whole. */
  error: string | undefined;
  /** Milliseconds. */
  headersAt: number;
  ms: number;
}

/** Asks as a plain client does, with nothing of the harness between. */
function ask(url: string, stream: boolean, { path = '/v1/chat/completions', leaveAfter = 3_000 } = {}): Promise<Heard> {
  const began = performance.now();
  const heard: Heard = { status: undefined, headers: {}, text: '', error: undefined, headersAt: 0, ms: 0 };
  const { promise, resolve } = Promise.withResolvers<Heard>();
  const end = (error?: string): void => resolve({ ...heard, error, ms: performance.now() - began });
  const body = JSON.stringify({
    model: 'plumbline-tiny',
    messages: [{ role: 'user', content: 'Hello, respond briefly' }],
    max_tokens: 24,
    stream,
  });
  const request = http.request(`${url}${path}`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(leaveAfter),
  });
  request.once('error', (error: Error & { code?: string }) => end(error.code ?? error.message));
  request.once('response', (response) => {
    Object.assign(heard, { status: response.statusCode, headers: response.headers });
    heard.headersAt = performance.now() - began;
    response.setEncoding('utf8').on('data', (chunk: string) => (heard.text += chunk));
    response.once('error', (error: Error & { code?: string }) => end(error.code ?? error.message));
    response.once('end', () => end());
  });
  request.end(body);
  return promise;
}

const tokensIn = (text: string): number => text.match(/"delta":\{"content":"[^"]/g)?.length ?? 0;
const jsonOf = (heard: Heard): Record<string, unknown> => JSON.parse(heard.text) as Record<string, unknown>;

const rows: [title: string, lie: ReturnType<typeof lies.status>, stream: boolean, check: (heard: Heard) => void][] = [
  ...[429, 500, 503].map((code): (typeof rows)[number] => [
    `${code} with Retry-After`,
    lies.status(code, { retryAfter: 7 }),
    false,
    (heard) => {
      expect([heard.status, heard.headers['retry-after']]).toEqual([code, '7']);
      expect(jsonOf(heard)).toHaveProperty('error.message');
    },
  ]),
  [
    'an error object in a 200',
    lies.errorInOk('no'),
    false,
    (heard) => {
      expect([heard.status, jsonOf(heard)]).toEqual([
        200,
        { error: { message: 'no', type: 'server_error', code: null } },
      ]);
    },
  ],
  [
    'garbage',
    lies.garbage(),
    false,
    (heard) => {
      expect(heard.headers['content-type']).toBe('application/json');
      expect(() => jsonOf(heard)).toThrow(SyntaxError);
    },
  ],
  [
    'garbage in a stream',
    lies.garbage(),
    true,
    ({ text, headers }) => {
      expect(headers['content-type']).toBe('text/event-stream');
      expect(() => JSON.parse(text.slice('data: '.length))).toThrow(SyntaxError);
    },
  ],
  [
    'HTML',
    lies.html(),
    false,
    ({ headers, text }) => {
      expect(headers['content-type']).toBe('text/html');
      expect(text).toContain('<h1>');
    },
  ],
  [
    'an empty body',
    lies.empty(),
    false,
    ({ status, text, error }) => expect([status, text, error]).toEqual([200, '', undefined]),
  ],
  [
    'a connection that is reset',
    lies.reset(),
    false,
    ({ status, error }) => expect([status, error]).toEqual([undefined, 'ECONNRESET']),
  ],
  ['silence', lies.silence(), false, ({ status, error }) => expect([status, error]).toEqual([undefined, 'ABORT_ERR'])],
  [
    'a stream that is cut',
    lies.cutAfter(3),
    true,
    ({ text, error }) => expect([tokensIn(text), error]).toEqual([3, 'ECONNRESET']),
  ],
  [
    'a body that is cut',
    lies.cutAfter(3),
    false,
    (heard) => {
      expect(heard.error).toBe('ECONNRESET');
      expect(heard.text.length).toBeGreaterThan(50);
    },
  ],
  [
    'a stream that ends early',
    lies.endAfter(2),
    true,
    ({ text, error }) => {
      expect([tokensIn(text), error]).toEqual([2, undefined]);
      expect(text).not.toMatch(/DONE|"finish_reason":"/);
    },
  ],
  [
    'an error event in mid-stream',
    lies.errorAfter(2, 'sorry'),
    true,
    ({ text, error }) => {
      expect([tokensIn(text), error]).toEqual([2, undefined]);
      expect(text.trim().split('\n\n').at(-1)).toContain('"error":{"message":"sorry"');
    },
  ],
  [
    'slow headers',
    lies.slowHeaders(250),
    true,
    ({ headersAt, text }) => {
      expect(headersAt).toBeGreaterThan(245);
      expect(text).toContain('[DONE]');
    },
  ],
  [
    'a slow stream',
    lies.dripping(40),
    true,
    ({ headersAt, ms, text }) => {
      expect(ms - headersAt).toBeGreaterThan(40 * (text.trim().split('\n\n').length - 2));
      expect(text).toContain('[DONE]');
    },
  ],
  [
    'a slow body',
    lies.dripping(20, { bytes: 64 }),
    false,
    (heard) => {
      expect(heard.ms - heard.headersAt).toBeGreaterThan(20 * (Math.floor(heard.text.length / 64) - 2));
      expect(jsonOf(heard)).toHaveProperty('choices');
    },
  ],
  [
    'an endless stream',
    lies.endless(),
    true,
    ({ text, error }) => {
      expect(error).toBe('ABORT_ERR');
      expect(tokensIn(text)).toBeGreaterThan(20);
    },
  ],
  [
    'an endless body',
    lies.endless(),
    false,
    ({ text, error }) => {
      expect(error).toBe('ABORT_ERR');
      expect(text).toMatch(/"content":"x{200,}$/);
    },
  ],
  [
    'a wrong content type',
    lies.wrongType(),
    false,
    (heard) => {
      expect(heard.headers['content-type']).toBe('text/plain');
      expect(jsonOf(heard)).toHaveProperty('choices');
    },
  ],
  [
    'a content length that is too long',
    lies.wrongLength(100),
    false,
    (heard) => {
      expect(heard.error).toBe('ECONNRESET');
      expect(Number(heard.headers['content-length'])).toBe(heard.text.length + 100);
    },
  ],
  [
    'a content length that is too short',
    lies.wrongLength(-100),
    false,
    (heard) => {
      expect(() => jsonOf(heard)).toThrow(SyntaxError);
    },
  ],
];

for (const [title, lie, stream, check] of rows)
  test(`a plain client is told ${title}, once, and then the truth`, async ({ startUpstream, model: _ }) => {
    const upstream = await startUpstream();
    const told = upstream.lie(lie, { from: 2, times: 1 });
    const whole = stream ? '[DONE]' : '"choices"';
    expect((await ask(upstream.url, stream)).text).toContain(whole);
    expect(told.told()).toBe(0);
    check(await ask(upstream.url, stream, { leaveAfter: /endless|silence/.test(title) ? 500 : 10_000 }));
    await expect.poll(() => told.told()).toBe(1);
    const honest = await ask(upstream.url, stream, { leaveAfter: 10_000 });
    expect([honest.status, honest.error, told.told()]).toEqual([200, undefined, 1]);
    expect(honest.text).toContain(whole);
  });

test('what is passed on is what the model server says, chunk by chunk, and only calls that fit are lied to', async ({
  startUpstream,
  stack,
}) => {
  const upstream = await startUpstream();
  const direct = await ask(stack.model.url, false, { leaveAfter: 10_000 });
  const passed = await ask(upstream.url, false, { leaveAfter: 10_000 });
  const content = (heard: Heard) => (jsonOf(heard)['choices'] as { message: object }[])[0]?.message;
  expect(content(passed)).toEqual(content(direct));
  const timed = (headers: http.IncomingHttpHeaders) => Object.keys(headers).sort();
  expect(timed(passed.headers)).toEqual(timed(direct.headers));

  const other = upstream.lie(lies.status(500), { saying: /something else/ });
  const probes = upstream.lie(lies.status(503), { path: '/v1/models' });
  expect((await ask(upstream.url, false, { leaveAfter: 10_000 })).status).toBe(200);
  expect((await fetch(`${upstream.url}/v1/models`)).status).toBe(503);
  probes.stop();
  expect((await fetch(`${upstream.url}/v1/models`)).status).toBe(200);
  expect([other.told(), probes.told()]).toEqual([0, 1]);
  await fetch(`${upstream.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'x', prompt: 'something else' }),
  });
  expect(other.told()).toBe(1);
});

test('a caller that leaves ends the request to the model server; one that breaks off there is broken off here', async () => {
  const gone = Promise.withResolvers<void>();
  const server = http.createServer((request, response) => {
    if (request.url === '/break') {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
      return;
    }
    response.once('close', () => gone.resolve());
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using upstream = await startUpstream(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  const left = await ask(upstream.url, true, { path: '/stay', leaveAfter: 300 });
  expect([left.text, left.error]).toEqual(['data: first\n\n', 'ABORT_ERR']);
  await gone.promise;
  const broken = await ask(upstream.url, true, { path: '/break' });
  expect([broken.text, broken.error]).toEqual(['half', 'ECONNRESET']);
  server.close();
});

test('a lie that there was no occasion for is not counted, and a test whose lie was never told fails', async ({
  startUpstream,
}, testInfo) => {
  const upstream = await startUpstream();
  const cut = upstream.lie(lies.cutAfter(1000), { times: 1 });
  expect((await ask(upstream.url, true, { leaveAfter: 10_000 })).text).toContain('[DONE]');
  expect(cut.told()).toBe(0);
  upstream.lie(lies.cutAfter(0), { times: 1 });
  await ask(upstream.url, true);
  // So that this test's own end is not what it is about.
  Object.assign(cut, { told: () => 1 });

  const run = await runInline(testInfo, {
    'untold.spec.ts': `
import { lies, test } from '$fixtures';
test('never lied to', async ({ startUpstream }) => {
  (await startUpstream()).lie(lies.status(503));
});`,
  });
  const [outcome] = outcomesOf(run);
  expect(outcome?.status).toBe('failed');
  expect(outcome?.errors.join()).toMatch(/Invalid: these lies were never told.*status 503/s);
});
