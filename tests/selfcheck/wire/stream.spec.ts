import { expect, test } from '@playwright/test';
import { conformance } from '../../../fixtures/wire/conformance/index.ts';
import { createHttpClient, type HttpClient } from '../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../fixtures/wire/recorder.ts';
import type { PlainResponse } from '../../../fixtures/wire/response.ts';
import type { StreamResponse } from '../../../fixtures/wire/stream.ts';
import { serve, serveBytes, trickle } from '../support/http-servers.ts';

const client = (baseUrl: string): HttpClient => createHttpClient({ baseUrl, recorder: createRecorder() });

function sse(answer: StreamResponse | PlainResponse): StreamResponse {
  if (answer.kind !== 'stream')
    throw new Error(`The server did not answer with an event stream, but with: ${answer.text}`);
  return answer;
}

/** Serves these pieces as the body of an event stream, each as its own chunk. */
const servePieces = (pieces: readonly (string | Uint8Array)[]) =>
  serve(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    await trickle((piece) => response.write(piece), pieces);
    response.end();
  });

test('the stream reader keeps every byte with its time, and stamps each event with the time of the chunk that completes it', async () => {
  const text = 'data: Zoë\n\nevent: tick\nid: 7\ndata: 小林\ndata: two\n\n: note\n\ndata: [DONE]\n\n';
  const bytes = Buffer.from(text);
  await using server = await servePieces([...bytes].map((byte) => Uint8Array.of(byte)));
  await using http = client(server.url);
  const stream = sse(await http.stream('GET', '/'));
  const { record, error } = await stream.done();

  expect(error).toBeNull();
  expect(Buffer.from(stream.raw()).toString()).toBe(text);
  expect(record.bytes).toBe(bytes.length);
  expect(record.events).toMatchObject([
    { name: 'message', data: 'Zoë' },
    { name: 'tick', data: '小林\ntwo', id: '7' },
    { name: 'message', data: '[DONE]' },
  ]);
  expect(record.comments).toMatchObject([{ text: 'note' }]);
  for (const { at, chunk } of record.events) expect(record.chunks[chunk]?.at).toBe(at);
  expect(record.chunks.map(({ offset }) => offset)).toEqual(record.chunks.map((_, i) => i));
  const times = record.chunks.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const { stamps } = stream.exchange;
  expect(stamps.firstByte).toBe(times[0]);
  expect(stamps.firstToken).toBe(record.events[0]?.at);
  expect(conformance(stream.exchange)).toEqual([]);
});

for (const [name, newline] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const)
  test(`the stream reader reads each event at once from lines that end with ${name}`, async () => {
    const lines = ['data: a', '', 'data: b', '', 'data: [DONE]', '', ''].join(newline);
    await using server = await servePieces([...lines]);
    await using http = client(server.url);
    const stream = sse(await http.stream('GET', '/'));
    const { record } = await stream.done();
    expect(record.events.map(({ data }) => data)).toEqual(['a', 'b', '[DONE]']);
    // An event is complete with the first character that ends its blank line: the reader does not wait for a second one.
    const line = newline.length;
    expect(record.events[0]?.chunk).toBe('data: a'.length + line);
    expect(conformance(stream.exchange)).toEqual([]);
  });

test('iterating over a stream yields events as they arrive, and a second iteration starts from the beginning', async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await serve(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    await gate.promise;
    response.end('data: 2\n\n');
  });
  await using http = client(server.url);
  const stream = sse(await http.stream('GET', '/'));
  const seen: string[] = [];
  for await (const { data } of stream.events) {
    seen.push(data);
    gate.resolve();
  }
  expect(seen).toEqual(['1', '2']);
  const again = await Array.fromAsync(stream.events, ({ data }) => data);
  expect(again).toEqual(seen);
});

test('the stamp of the first token is that of the first event that carries output', async () => {
  await using server = await servePieces(['data: role\n\n', 'data: text\n\n', 'data: text\n\n']);
  await using http = client(server.url);
  const stream = sse(await http.stream('GET', '/', { isToken: ({ data }) => data === 'text' }));
  const { record } = await stream.done();
  expect(stream.exchange.stamps.firstToken).toBe(record.events[1]?.at);
});

test('a stream request that gets an ordinary answer returns it whole, as a plain response', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(422, { 'content-type': 'application/problem+json' });
    response.end('{"title":"no"}');
  });
  await using http = client(server.url);
  const answer = await http.stream('POST', '/', { json: {} });
  expect(answer).toMatchObject({
    kind: 'plain',
    status: 422,
    exchange: { stream: null, response: { body: { bytes: 14 } } },
  });
});

test('a stream that is cut keeps its events, and both iterating and done() report the cut', async () => {
  await using server = await serveBytes((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.end('9\r\ndata: 1\n\n\r\n');
    }),
  );
  await using http = client(server.url);
  const stream = sse(await http.stream('GET', '/'));
  const { record, error } = await stream.done();
  expect(record.events).toMatchObject([{ data: '1' }]);
  expect(error).toMatchObject({ kind: 'cut' });
  expect(error?.message).toContain('1 events in 9 bytes');
  await expect(Array.fromAsync(stream.events)).rejects.toThrow(error?.message ?? 'unreachable');
});

test('a stream that never ends fails at the deadline of its request', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write(': still here\n\n'), 5);
    response.on('close', () => clearInterval(timer));
  });
  await using http = client(server.url);
  const stream = sse(await http.stream('GET', '/', { timeoutMs: 1_000 }));
  const { record, error } = await stream.done();
  expect(error).toMatchObject({ kind: 'timeout' });
  expect(record.comments.length).toBeGreaterThan(3);
});

test('leaving a stream closes its connection, and done() reports no error', async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    response.on('close', () => closed.resolve());
  });
  await using http = client(server.url);
  const stream = sse(await http.stream('GET', '/'));
  for await (const _ of stream.events) stream.leave();
  expect((await stream.done()).error).toBeNull();
  expect(stream.exchange.error).toMatchObject({ kind: 'aborted' });
  await closed.promise;
});
