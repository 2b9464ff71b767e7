import { stripVTControlCharacters } from 'node:util';
import { test } from '@playwright/test';
import { expect } from '../../../../fixtures/judge/matchers/index.ts';
import type { StreamRules } from '../../../../fixtures/wire/conformance/expectations.ts';
import { conformance } from '../../../../fixtures/wire/conformance/index.ts';
import { judge } from '../../../../fixtures/wire/conformance/judge.ts';
import type { Exchange } from '../../../../fixtures/wire/exchange.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { createSseReader } from '../../../../fixtures/wire/sse.ts';
import { serveBytes } from '../../support/http-servers.ts';
import { but, done, finish, joined, recorded, role, sends, text, whole } from './lies.ts';

const chat: StreamRules = { kind: 'openai-chat' };
const served = async (pieces: Parameters<typeof sends>[0]) =>
  (await recorded({ kind: '', caught: [], talk: sends(pieces) })).exchange;

async function refusal(judged: Promise<unknown>): Promise<string> {
  const error = await judged.then(
    () => new Error('it passed'),
    (error) => error as Error,
  );
  return stripVTControlCharacters(error.message);
}

test('toBeConformantStream names each violation, its byte, the bytes around it and the remedy', async () => {
  const exchange = await served([role, text('Zoë '), text(''), finish, 'data: [DONE]\n\n', 'oops\n']);
  const at = joined([role, text('Zoë ')]).length + 'data: '.length;
  const over = joined([role, text('Zoë '), text(''), finish, done]).length;
  const message = await refusal(expect(exchange).toBeConformantStream(chat));
  expect(message).toContain('Received: 3');
  expect(message).toContain(`empty-delta: byte ${at}: a piece of choice 0 is empty`);
  expect(message).toContain('"finish_reason":null}]}\\n\\ndata: ▸{"id":"chatcmpl-1"');
  expect(message).toContain('Send no delta without content');
  expect(message).toContain(`after-terminal: byte ${over}: text that is not an event follows data: [DONE]`);
  expect(message).toContain('data: [DONE]\\n\\n▸oops\\n');
});

test('the excerpt of a violation shows invalid UTF-8 in hex and valid characters as they are', async () => {
  const broken = Buffer.concat([Buffer.from('data: "小'), Buffer.from([0xe6, 0x9e]), Buffer.from('"\n\n')]);
  const [violation] = conformance(await served([broken]));
  expect(violation).toMatchObject({ rule: 'invalid-utf8', offset: 10, times: 1 });
  expect(violation?.excerpt).toBe('data: "小▸\\xe6\\x9e"\\n\\n');
});

test('a violation that many chunks repeat is reported once, with its number', async () => {
  const violations = conformance(await served(but(1, 0, ...Array<string>(50).fill(text('')))), chat);
  expect(violations).toMatchObject([{ rule: 'empty-delta', times: 50 }]);
  expect(violations[0]?.message).toContain('(the first of 50 times)');
});

test('a tolerated violation becomes an annotation, and any other violation fails the expectation', async ({}, info) => {
  const exchange = await served([role, text(''), text('a'), finish, finish, done]);
  const tolerant: StreamRules = { ...chat, tolerate: ['empty-delta'] };
  expect(await refusal(expect(exchange).toBeConformantStream(tolerant))).toContain('finish-twice');
  await expect(exchange).toBeConformantStream({ ...chat, tolerate: ['empty-delta', 'finish-twice'] });
  expect(info.annotations.map(({ type }) => type)).toEqual([
    'tolerated: empty-delta',
    'tolerated: empty-delta',
    'tolerated: finish-twice',
  ]);
  expect(info.annotations[0]?.description).toMatch(/^byte \d+: a piece of choice 0/);
});

test('toBeConformantStream reads a running stream to its end before it checks the stream', async () => {
  await using server = await serveBytes((socket) => void socket.once('data', () => void sends(whole)(socket)));
  await using http = createHttpClient({ baseUrl: server.url, recorder: createRecorder() });
  const stream = await http.stream('POST', '/', { json: {} });
  await expect(stream).toBeConformantStream(chat);
  expect(stream.exchange.stamps.end).toBeDefined();
});

test('a stream that the client left on purpose may lack its end, and every other rule still applies', async () => {
  const left = (
    await recorded({
      kind: '',
      caught: [],
      rules: { budgets: { stallMs: 100 } },
      talk: sends(whole.slice(0, 2), { end: '' }),
    })
  ).exchange;
  expect(conformance(left, chat).map(({ rule }) => rule)).toEqual(['left-early']);
  expect(conformance(left, { ...chat, partial: true })).toEqual([]);
  const wrong = await served([role, text('a'), text('')]);
  expect(conformance(wrong, { ...chat, partial: true }).map(({ rule }) => rule)).toEqual(['empty-delta']);
});

test('the excerpt of a violation redacts secrets in the bytes around it', async () => {
  const [violation] = conformance(await served(['data: {"api_key":"sk-abcdefghijklmnopqrstuvwx"}\nlost\n\n']));
  expect(violation?.rule).toBe('stray-line');
  expect(violation?.excerpt).not.toContain('abcdefghijkl');
});

/** An exchange with this body, as if it had arrived in reads of this size. */
async function exchangeOf(body: Buffer, size: number): Promise<Exchange> {
  const exchange = structuredClone(await served(whole));
  const reader = createSseReader(() => {});
  for (let at = 0; at < body.length; at += size) reader.read(body.subarray(at, at + size), exchange.stamps.end ?? 0);
  return { ...exchange, stream: reader.record };
}

test('the conformance check takes at most a second of CPU for 10 MB, in small reads and in one large event', async () => {
  const pieces = (count: number) => Array.from({ length: count }, (_, i) => text(`word${i} `));
  const small = joined([role, ...pieces(5_500), finish, done]);
  const large = joined([role, ...pieces(65_000), finish, done]);
  expect(large.length).toBeGreaterThan(10 * 1024 * 1024);
  const cases = {
    reads: [large, 1400],
    bytes: [small, 1],
    event: [joined([role, text('é'.repeat(5 * 1024 * 1024)), finish, done]), 1400],
  } as const;
  for (const [name, [body, size]] of Object.entries(cases)) {
    const exchange = await exchangeOf(body, size);
    const rules = { ...chat, budgets: { maxEventBytes: 64 * 1024 * 1024 } };
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i += 1) {
      const began = process.cpuUsage();
      expect(judge(exchange, rules).violations).toEqual([]);
      const { user, system } = process.cpuUsage(began);
      best = Math.min(best, (user + system) / 1000);
    }
    test.info().annotations.push({
      type: name,
      description: `${body.length} bytes in reads of ${size}: ${Math.round(best)} ms of CPU`,
    });
    expect(best, `${name}: milliseconds of CPU`).toBeLessThan(1_000);
  }
});
