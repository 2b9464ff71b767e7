import { expect, test } from '@playwright/test';
import { outcomeOfFailure } from '../../../fixtures/load/outcome.ts';
import { WireError } from '../../../fixtures/wire/failure.ts';
import { createHttpClient, type HttpClient } from '../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../fixtures/wire/recorder.ts';
import { deadUrl, serve, serveBytes } from '../support/http-servers.ts';

const client = (baseUrl: string, options: { timeoutMs?: number; maxBytes?: number } = {}): HttpClient =>
  createHttpClient({ baseUrl, recorder: createRecorder(), ...options });

const failure = async (promise: Promise<unknown>): Promise<WireError> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WireError);
  return error as WireError;
};

test('the HTTP client records the request, the response and the stamps of all phases in order', async () => {
  await using server = await serve(async (request, response) => {
    const body = (await request.toArray()).join('');
    response.writeHead(201, { 'content-type': 'application/json', 'x-two': ['a', 'b'] });
    response.end(JSON.stringify({ saw: body, url: request.url, auth: request.headers.authorization }));
  });
  const recorder = createRecorder();
  await using http = createHttpClient({
    baseUrl: `${server.url}/prefix/`,
    headers: { Authorization: 'Bearer abc' },
    recorder,
    label: 'other',
  });
  const answer = await http.request('POST', '/things?x=1', { json: { a: 'é' }, headers: { 'x-mine': 'yes' } });

  expect(answer.status).toBe(201);
  expect(answer.json()).toEqual({ saw: '{"a":"é"}', url: '/prefix/things?x=1', auth: 'Bearer abc' });
  expect(answer.headers['x-two']).toBe('a, b');
  expect(recorder.exchanges).toEqual([answer.exchange]);
  const { exchange } = answer;
  expect(exchange).toMatchObject({ label: 'other', method: 'POST', connection: 'new', error: null, stream: null });
  expect(exchange.request.headers).toMatchObject({ authorization: 'Bearer abc', 'x-mine': 'yes' });
  expect(exchange.request.body).toEqual({ bytes: 10, text: '{"a":"é"}', truncated: false, utf8: true });
  expect(exchange.response).toMatchObject({ status: 201, statusText: 'Created', body: { text: answer.text } });
  const { queued, connecting, connected, sent, headers, firstByte, end } = exchange.stamps;
  const phases = [queued, connecting, connected, sent, headers, firstByte, end];
  expect(phases).toEqual(phases.map(() => expect.any(Number)));
  expect(phases).toEqual(phases.toSorted((a, b) => Number(a) - Number(b)));
});

test('the HTTP client records a second request on a kept connection as reused, without a connecting stamp', async () => {
  await using server = await serve((_, response) => response.end('ok'));
  await using http = client(server.url);
  const first = await http.request('GET', '/');
  const second = await http.request('GET', '/');
  expect([first.exchange.connection, second.exchange.connection]).toEqual(['new', 'reused']);
  expect(second.exchange.stamps.connecting).toBeUndefined();
  expect(second.exchange.stamps.connected).toBeGreaterThanOrEqual(second.exchange.stamps.queued);
});

test('concurrent requests of one HTTP client each get their own socket and stamps', async () => {
  await using server = await serve((request, response) => setTimeout(() => response.end(request.url), 20));
  await using http = client(server.url);
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => http.request('GET', `/${i}`)));
  expect(answers.map(({ text }) => text)).toEqual(answers.map((_, i) => `/${i}`));
  for (const { exchange } of answers) {
    expect(exchange.connection).toBe('new');
    expect((exchange.stamps.headers ?? 0) - (exchange.stamps.sent ?? 0)).toBeGreaterThan(15);
  }
});

for (const status of [301, 404, 429, 500, 503])
  test(`the HTTP client returns an answer with status ${status} and does not throw`, async () => {
    await using server = await serve((_, response) => response.writeHead(status, { location: '/away' }).end('why'));
    await using http = client(server.url);
    expect(await http.request('GET', '/')).toMatchObject({ status, text: 'why' });
  });

test('the HTTP client returns a large body whole and records it truncated at the end of a character', async () => {
  const big = '€'.repeat(40_000);
  await using server = await serve((_, response) => response.end(big));
  await using http = client(server.url);
  const answer = await http.request('GET', '/');
  expect(answer.text).toHaveLength(big.length);
  const body = answer.exchange.response?.body;
  expect(body).toMatchObject({ bytes: 120_000, truncated: true, utf8: true });
  expect(body?.text).toMatch(/^€+$/);
});

test('the HTTP client records a body that is not UTF-8 as base64', async () => {
  await using server = await serve((_, response) => response.end(Buffer.from([0xff, 0x00, 0xfe])));
  await using http = client(server.url);
  const { exchange, bytes } = await http.request('GET', '/');
  expect([...bytes]).toEqual([0xff, 0x00, 0xfe]);
  expect(exchange.response?.body).toEqual({ bytes: 3, text: '/wD+', truncated: false, utf8: false });
});

test('json() on a body that is not JSON throws an error that shows the body', async () => {
  await using server = await serve((_, response) => response.setHeader('content-type', 'text/html').end('<h1>no</h1>'));
  await using http = client(server.url);
  const answer = await http.request('GET', '/x');
  expect(() => answer.json()).toThrow(
    /GET .*\/x \(status 200\) is not JSON \(content-type: text\/html\).*\n.*<h1>no<\/h1>/,
  );
});

test.describe('requests without a complete answer', () => {
  test('a request to a port where nothing listens fails with a remedy, and the failure is recorded', async () => {
    const url = await deadUrl();
    await using http = client(url);
    const error = await failure(http.request('GET', '/health'));
    expect(error).toMatchObject({ kind: 'refused', exchange: { error: { code: 'ECONNREFUSED' } } });
    expect(error.message).toContain(`GET ${url}/health failed after `);
    expect(error.message).toContain('no connection');
    expect(error.message).toContain('check that the server is running');
    expect(error.exchange.stamps.end).toBeGreaterThan(error.exchange.stamps.queued);
  });

  test('a request whose headers never come fails at its deadline', async () => {
    await using server = await serve(() => {});
    await using http = client(server.url);
    const error = await failure(http.request('POST', '/', { json: {}, timeoutMs: 80 }));
    expect(error.kind).toBe('timeout');
    expect(error.message).toMatch(/no complete answer within 80 ms\n.*request sent at [\d.]+ ms\n.*timeoutMs/);
    const { queued, end } = error.exchange.stamps;
    expect((end ?? 0) - queued).toBeGreaterThanOrEqual(79);
    expect((end ?? 0) - queued).toBeLessThan(1000);
  });

  test('a request whose headers come one byte at a time fails at its deadline', async () => {
    await using server = await serveBytes((socket) => {
      const timer = setInterval(() => socket.write('x'), 10);
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ').valueOf();
      socket.on('close', () => clearInterval(timer));
    });
    await using http = client(server.url);
    expect((await failure(http.request('GET', '/', { timeoutMs: 120 }))).kind).toBe('timeout');
  });

  test('a request whose body never ends fails at its deadline, and the partial body is recorded', async () => {
    await using server = await serve((_, response) => {
      const timer = setInterval(() => response.write('more'), 5);
      response.on('close', () => clearInterval(timer));
    });
    await using http = client(server.url);
    const error = await failure(http.request('GET', '/', { timeoutMs: 120 }));
    expect(error).toMatchObject({ kind: 'timeout', exchange: { response: { status: 200 } } });
    expect(error.exchange.response?.body?.text).toMatch(/^(more)+$/);
  });

  test('a request whose body is larger than maxBytes fails', async () => {
    await using server = await serve((_, response) => response.end('x'.repeat(100_000)));
    await using http = client(server.url, { maxBytes: 50_000 });
    expect((await failure(http.request('GET', '/'))).message).toContain('passed 50000 bytes');
  });

  test('a request whose body is shorter than its content-length fails as cut', async () => {
    await using server = await serveBytes((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
    );
    await using http = client(server.url);
    const error = await failure(http.request('GET', '/'));
    expect(error).toMatchObject({ kind: 'cut', exchange: { response: { body: { text: 'abc' } } } });
  });

  test('a request whose chunked body lacks its last chunk fails as cut', async () => {
    await using server = await serveBytes((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n')),
    );
    await using http = client(server.url);
    expect((await failure(http.request('GET', '/'))).kind).toBe('cut');
  });

  test('a request to a server that does not speak HTTP fails with an error that says so', async () => {
    await using server = await serveBytes((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    await using http = client(server.url);
    expect((await failure(http.request('GET', '/'))).message).toContain('not HTTP/1.1');
  });

  test('an aborted signal prevents a request, and a signal that aborts later closes its socket', async () => {
    const closed = Promise.withResolvers<void>();
    let requests = 0;
    await using server = await serve((request) => {
      requests += 1;
      request.on('close', () => closed.resolve());
    });
    await using http = client(server.url);
    expect((await failure(http.request('GET', '/', { signal: AbortSignal.abort() }))).kind).toBe('aborted');
    expect(requests).toBe(0);
    const controller = new AbortController();
    const pending = failure(http.request('GET', '/', { signal: controller.signal }));
    await expect.poll(() => requests).toBe(1);
    controller.abort();
    expect((await pending).kind).toBe('aborted');
    await closed.promise;
  });

  test('closing the HTTP client ends its unfinished requests', async () => {
    await using server = await serve(() => {});
    const http = client(server.url);
    const pending = failure(http.request('GET', '/'));
    await http.close();
    expect((await pending).exchange.stamps.end).toBeDefined();
  });
});

const unsendable: readonly [what: string, send: Parameters<HttpClient['request']>, argument: string, remedy: RegExp][] =
  [
    [
      'a space in its path',
      ['GET', '/a b'],
      'the path: it contains a character that HTTP does not allow there, \\x20 at position 2',
      /encodeURIComponent/,
    ],
    [
      'a line break in its path',
      ['GET', '/a\r\nx-evil: 1'],
      'the path: it contains a character that HTTP does not allow there, \\x0d at position 2',
      /encodeURIComponent/,
    ],
    [
      'a euro sign in its path',
      ['GET', '/€'],
      'the path: it contains a character that HTTP does not allow there, U+20AC at position 1',
      /encodeURIComponent/,
    ],
    [
      'a line break in a header',
      ['GET', '/', { headers: { 'X-Key': 'a\nb' } }],
      'the header "x-key": it contains a character that HTTP does not allow there, \\x0a at position 1',
      /in the profile, or in the setting/,
    ],
    [
      'a euro sign in a header',
      ['GET', '/', { headers: { 'x-key': '€' } }],
      'the header "x-key": it contains a character that HTTP does not allow there, U+20AC at position 0',
      /in the profile, or in the setting/,
    ],
    [
      'a space in the name of a header',
      ['GET', '/', { headers: { 'x key': 'a' } }],
      'the header "x key": HTTP does not allow its name',
      /in the test/,
    ],
    ['a method of two words', ['GET IT', '/'], 'the method "GET IT": it is not a method of HTTP', /Correct the method/],
    [
      'a wrong content-length',
      ['POST', '/', { body: 'abc', headers: { 'content-length': '5' } }],
      'the header "content-length": it is not the length of the body',
      /Leave it out/,
    ],
    [
      'an expect header',
      ['POST', '/', { body: 'abc', headers: { expect: '100-continue' } }],
      'the header "expect": expect header not supported',
      /in the test/,
    ],
  ];

for (const [what, send, argument, remedy] of unsendable)
  test(`the HTTP client refuses to send a request with ${what}, and its error names that part and blames no server`, async () => {
    let asked = 0;
    await using server = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    await using http = client(server.url);
    for (const call of [http.request(...send), http.stream(...send)]) {
      const error = await failure(call);
      expect(error.kind).toBe('unsent');
      expect(error.exchange.error).toMatchObject({ kind: 'unsent', message: error.message });
      expect(error.message).toContain(`was not sent: Plumbline’s own client refused ${argument}\n`);
      expect(error.message).toMatch(
        /No server has received this request, so the failure says nothing about the service\.\n/,
      );
      expect(error.message).toMatch(remedy);
      expect(error.message).not.toMatch(/[\r\0]|the answer|is something else listening|x-evil: 1\n/i);
      expect(outcomeOfFailure(error)).toMatchObject({
        kind: 'lost',
        code: 'unsent',
        detail: expect.stringContaining('no fault of the service'),
      });
    }
    expect(asked, 'requests that reached the server').toBe(0);
  });

test('the HTTP client reports an answer with too large headers as such, not as another protocol', async () => {
  await using server = await serve((_, response) => response.writeHead(200, { 'x-large': 'x'.repeat(20_000) }).end());
  await using http = client(server.url);
  const { message } = await failure(http.request('GET', '/'));
  expect(message).toContain('UND_ERR_HEADERS_OVERFLOW');
  expect(message).toContain('headers are larger than clients accept');
});
