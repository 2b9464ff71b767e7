import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { test as base, expect } from '@playwright/test';
import { attachStreams } from '../../../fixtures/evidence/streams/attach.ts';
import { createRedactor } from '../../../fixtures/redact/redactor.ts';
import type { Exchange } from '../../../fixtures/wire/exchange.ts';
import { createHttpClient } from '../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../fixtures/wire/recorder.ts';
import { type ReplayFixtures, replayFixtures } from '../../../fixtures/wire/replay/fixtures.ts';
import { readRecording, recordingOf } from '../../../fixtures/wire/replay/recording.ts';
import { bodyOf } from '../../../fixtures/wire/response.ts';
import { serve, trickle } from '../support/http-servers.ts';
import { done, finish, piece, role, streamed } from '../support/stream-samples.ts';

const test = base.extend<ReplayFixtures>(replayFixtures);

/** A character and an event that are cut in two, two events in one chunk, a comment, and a pause. */
const euro = Buffer.from(piece('10 €'));
const cut = euro.indexOf(0xe2) + 1;
const pieces: readonly (string | Buffer)[] = [
  role(),
  euro.subarray(0, cut),
  euro.subarray(cut),
  piece('a') + piece('b'),
  ': pause\n\n',
  finish(),
  done,
];

async function record(url: string, timeoutMs = 10_000): Promise<Exchange> {
  await using http = createHttpClient({ baseUrl: url, recorder: createRecorder(), timeoutMs });
  const stream = await http.stream('POST', '/v1/chat/completions?key=1', { json: { stream: true } });
  if (stream.kind !== 'stream')
    throw new Error(`The server answered with ${stream.status} in place of an event stream.`);
  await stream.done();
  return stream.exchange;
}

/** Serves these pieces as an event stream, `everyMs` apart. */
const serving = (sent: readonly (string | Buffer)[], everyMs: number, how: 'clean' | 'cut' | 'open' = 'clean') =>
  serve(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'r-7' });
    await trickle((bytes) => response.write(bytes), sent, everyMs);
    if (how === 'clean') response.end();
    if (how === 'cut') response.destroy();
  });

const bytesOf = ({ stream }: Exchange): string =>
  Buffer.from(bodyOf(stream?.chunks.map(({ bytes }) => bytes) ?? [])).toString('hex');
const bordersOf = ({ stream }: Exchange): number[] => stream?.chunks.map(({ offset }) => offset) ?? [];
const arrivals = ({ stream, stamps }: Exchange): number[] =>
  stream?.chunks.map(({ at }) => at - (stamps.headers ?? at)) ?? [];

for (const speed of [1, 4, Infinity])
  test(`a stream played back at speed ${speed} has the same bytes, chunks, status and headers as the original`, async ({
    replay,
  }) => {
    await using server = await serving(pieces, 15);
    const original = await record(server.url);
    expect(bordersOf(original)).toHaveLength(pieces.length);
    const again = await record(await replay(original, { speed }));
    expect(bytesOf(again)).toBe(bytesOf(original));
    expect(bordersOf(again)).toEqual(bordersOf(original));
    expect(again.error).toBeNull();
    const { connection: _, 'keep-alive': __, ...headers } = original.response?.headers ?? {};
    expect(again.response).toMatchObject({ status: 200, headers: { ...headers, connection: 'close' } });
  });

for (const speed of [1, 4])
  test(`a stream played back at speed ${speed} sends each chunk at its recorded time divided by ${speed}`, async ({
    replay,
  }) => {
    await using server = await serving(pieces, 40);
    const original = await record(server.url);
    const url = await replay(original, { speed });
    const due = arrivals(original).map((ms) => ms / speed);
    const asked = performance.now();
    const again = await record(url);
    const late = again.stream?.chunks.map(({ at }, i) => at - asked - (due[i] ?? Number.NaN)) ?? [];
    expect(Math.min(...late), 'lateness of the earliest chunk, in milliseconds').toBeGreaterThan(0);
    // The server and the reader share this event loop: each may be as late as the loop was.
    const lag = again.loopLag?.max ?? 0;
    expect(Math.max(...late) - Math.min(...late), `spread of the lateness with a loop lag of ${lag} ms`).toBeLessThan(
      12 + 2 * lag,
    );
  });

test('a recording counts times from the headers, so the wait before the headers is not played back', () => {
  const { chunks, end } = recordingOf(
    streamed([
      [500, role()],
      [600, done],
    ]),
  ).timing;
  expect([chunks.map(([, ms]) => ms), end.ms]).toEqual([[0.4, 100.4], 100.9]);
});

test('playback cuts a stream that was cut, and keeps a stream open that never ended', async ({ replay }) => {
  await using cutting = await serving(pieces.slice(0, 4), 1, 'cut');
  const wasCut = await record(cutting.url);
  expect(wasCut.error?.kind).toBe('cut');
  const again = await record(await replay(wasCut, { speed: Infinity }));
  expect(again.error?.kind).toBe('cut');
  expect(bytesOf(again)).toBe(bytesOf(wasCut));

  await using hanging = await serving(pieces.slice(0, 4), 1, 'open');
  const hung = await record(hanging.url, 400);
  expect(hung.error?.kind).toBe('timeout');
  expect((await record(await replay(hung, { speed: Infinity }), 400)).error?.kind).toBe('timeout');
});

test('playback sends a body with a content-length as it was recorded', async ({ replay }) => {
  const text = pieces.slice(2).join('');
  await using whole = await serve((_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/event-stream', 'content-length': Buffer.byteLength(text) })
      .end(text),
  );
  const original = await record(whole.url);
  const again = await record(await replay(original));
  expect(again.response?.headers).toMatchObject({ 'content-length': String(Buffer.byteLength(text)) });
  expect(bytesOf(again)).toBe(bytesOf(original));
});

const secret = `tok${'a1B2c3D4'.repeat(4)}`;

test('attached stream files play back with redacted secrets and the original chunks', async ({ replay }, testInfo) => {
  const around = [
    'data: {"password":"hunter2","n":1}\n\n',
    `data: before ${secret} after\n\n`,
    'data: {"api_key":12345}\n\n',
  ];
  const half = `data: x ${secret.slice(0, 20)}`;
  await using server = await serving([...around, half, `${secret.slice(20)} y\n\n`, piece('plain'), done], 5);
  const original = await record(server.url);
  const attachments: typeof testInfo.attachments = [];
  const info = { attachments, outputPath: (name: string) => testInfo.outputPath(name) } as unknown as typeof testInfo;
  await attachStreams(info, [original], createRedactor([secret]));
  const [, stream, timing] = attachments.map(({ path = '' }) => path);

  const again = await record(await replay(timing ?? '', { speed: Infinity }));
  expect(chunksOf(again)).toEqual([
    'data: {"password":"[redacted]","n":1}\n\n',
    'data: before [redacted] after\n\n',
    'data: {"api_key":"[redacted]"}\n\n',
    'data: x [redacted]',
    ' y\n\n',
    piece('plain'),
    done,
  ]);
  for (const path of [stream, timing]) expect(await readFile(path ?? '', 'utf8')).not.toContain('hunter2');
  expect((await readRecording(stream ?? '')).timing.end.how).toBe('clean');
});

test('of 14 streams in a test, 12 get a picture and all get their bytes and times attached', async ({}, testInfo) => {
  const attachments: typeof testInfo.attachments = [];
  const info = { attachments, outputPath: (name: string) => testInfo.outputPath(name) } as unknown as typeof testInfo;
  const storm = Array.from({ length: 14 }, (_, i) => ({ ...streamed([[1, done]]), id: i + 1 }));
  await attachStreams(info, storm, createRedactor());
  const kinds = Object.groupBy(attachments, ({ contentType }) => contentType);
  expect(Object.entries(kinds).map(([kind, of = []]) => [kind, of.length])).toEqual([
    ['image/svg+xml', 12],
    ['text/event-stream', 14],
    ['application/json', 14],
  ]);
});

const chunksOf = ({ stream }: Exchange): string[] =>
  stream?.chunks.map(({ bytes }) => Buffer.from(bytes).toString()) ?? [];

test('readRecording finds the stream of a timing file in the data folder of a report, where files are named by hash', async ({}, testInfo) => {
  const { stream, timing } = await attached(testInfo);
  const hash = createHash('sha1')
    .update(await readFile(stream))
    .digest('hex');
  await rename(stream, testInfo.outputPath(`${hash}.sse`));
  await rename(timing, testInfo.outputPath('0123.json'));
  const { bytes } = await readRecording(testInfo.outputPath('0123.json'));
  expect(bytes.byteLength).toBeGreaterThan(100);
});

test('readRecording refuses a timing file and a stream file that do not belong together, and names the remedy', async ({}, testInfo) => {
  const { stream, timing } = await attached(testInfo);
  await writeFile(stream, 'data: something else\n\n');
  await expect(readRecording(timing)).rejects.toThrow(
    /no such file with the recorded bytes .*\n.*Put the attachment stream-1\.sse/,
  );
  await rename(timing, `${timing}.gone`);
  await expect(readRecording(stream)).rejects.toThrow(
    /cannot be played back without .*download the stream's timing file/,
  );
});

async function attached(testInfo: ReturnType<typeof base.info>): Promise<{ stream: string; timing: string }> {
  await using server = await serving(pieces, 1);
  const attachments: typeof testInfo.attachments = [];
  const info = { attachments, outputPath: (name: string) => testInfo.outputPath(name) } as unknown as typeof testInfo;
  await attachStreams(info, [await record(server.url)], createRedactor());
  const [, stream, timing] = attachments.map(({ path = '' }) => path);
  return { stream: stream ?? '', timing: timing ?? '' };
}
