import type { Socket } from 'node:net';
import { setTimeout as after, setImmediate as turn } from 'node:timers/promises';
import type { StreamRules } from '../../../../fixtures/wire/conformance/expectations.ts';
import type { ConformanceRule } from '../../../../fixtures/wire/conformance/violation.ts';
import { readToEnd } from '../../../../fixtures/wire/conformance/watch.ts';
import type { Exchange } from '../../../../fixtures/wire/exchange.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import type { StreamResponse } from '../../../../fixtures/wire/stream.ts';
import { serveBytes } from '../../support/http-servers.ts';

export type Piece = string | Uint8Array;

/** One kind of stream, as a server sends it byte for byte. */
export interface Kind {
  /** A noun phrase that completes the title of its test. */
  readonly kind: string;
  /** The rules that it breaks, the cause first; empty for a conforming stream. */
  readonly caught: readonly ConformanceRule[];
  /** A part of the first violation's message. */
  readonly says?: string;
  readonly rules?: Partial<StreamRules> | undefined;
  /** Members of the request besides the model, the messages and `stream: true`. */
  readonly asks?: Readonly<Record<string, unknown>>;
  /** Deadline of the request. Default 20 s. */
  readonly timeoutMs?: number;
  /** Whether the client leaves the stream after its first event. */
  readonly leaves?: boolean;
  /** Whether the check finds nothing when the recorder ran late, so that the test tries again on a busy machine. */
  readonly needsCalm?: boolean;
  readonly talk: (socket: Socket) => Promise<void> | void;
}

const SSE = 'content-type: text/event-stream';

/** Status line and headers; chunked by default. */
export const head = (headers: readonly string[] = [SSE], status = '200 OK', framing = 'transfer-encoding: chunked') =>
  `HTTP/1.1 ${status}\r\n${[...headers, framing].filter(Boolean).join('\r\n')}\r\n\r\n`;

const LAST_CHUNK = '0\r\n\r\n';

/** One chunk of a chunked body. */
export function framed(piece: Piece): Buffer {
  const bytes = Buffer.from(piece as string);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** Sends each piece as a chunk in a packet of its own, and then the end. */
export const sends =
  (pieces: readonly Piece[], { headers = [SSE], status = '200 OK', end = LAST_CHUNK } = {}) =>
  async (socket: Socket): Promise<void> => {
    socket.setNoDelay().write(head(headers, status));
    for (const piece of pieces) {
      socket.write(framed(piece));
      await turn();
    }
    if (end !== '') socket.write(end);
  };

/** Sends the first pieces, and then repeats a piece until the client leaves. */
export const repeats =
  (first: readonly Piece[], piece: Piece, everyMs: number) =>
  async (socket: Socket): Promise<void> => {
    await sends(first, { end: '' })(socket);
    while (!socket.destroyed) {
      if (!socket.write(framed(piece))) await Promise.race([drained(socket), after(1000)]);
      await after(everyMs);
    }
  };

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once('drain', resolve).once('close', resolve));

/** Serves a stream of this kind, reads it to its end as the matcher does, and returns the record. */
export async function recorded({
  talk,
  rules,
  asks,
  timeoutMs = 20_000,
  leaves,
}: Kind): Promise<{ exchange: Exchange; rules: StreamRules }> {
  const applied = { kind: 'openai-chat', ...rules } as StreamRules;
  const recorder = createRecorder();
  await using server = await serveBytes((socket) => void socket.once('data', () => void talk(socket)));
  await using http = createHttpClient({ baseUrl: server.url, recorder, timeoutMs });
  const json = { model: 'm', messages: [], stream: true, ...asks };
  try {
    const answer = await http.stream('POST', '/v1/chat/completions', { json });
    if (answer.kind === 'stream' && leaves) await leaveAfterFirstEvent(answer);
    else if (answer.kind === 'stream') await readToEnd(answer, applied);
  } catch (error) {
    // No response came, or a plain body broke off: the exchange records the failure.
    if ((error as Error).name !== 'WireError') throw error;
  }
  const [exchange] = recorder.exchanges;
  if (!exchange) throw new Error('The client recorded no exchange: it must record every request it sends.');
  return { exchange, rules: applied };
}

async function leaveAfterFirstEvent(stream: StreamResponse): Promise<void> {
  for await (const _ of stream.events) break;
  stream.leave();
  await stream.done();
}

type Fields = Readonly<Record<string, unknown>>;

/** One event with this data. */
export const event = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/** A chunk object of a chat stream. */
export const chunk = (choices: readonly Fields[], more: Fields = {}): Fields => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
  choices,
  ...more,
});

/** The event of one delta of one choice. */
export const delta = (fields: Fields, choice: Fields = {}, more: Fields = {}): string =>
  event(chunk([{ index: 0, delta: fields, finish_reason: null, ...choice }], more));

export const role = delta({ role: 'assistant', content: '' });
export const text = (content: string, choice: Fields = {}, more: Fields = {}): string =>
  delta({ content }, choice, more);
export const finish = delta({}, { finish_reason: 'stop' });
export const done = event('[DONE]');
export const counted = (fields: Fields = {}): string =>
  event(chunk([], { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, ...fields } }));
export const whole: readonly string[] = [role, text('Hel'), text('lo'), finish, done];
export const askUsage = { stream_options: { include_usage: true } };

/** The events of a whole answer, with some removed, added or changed. */
export const but = (at: number, remove: number, ...put: readonly Piece[]): Piece[] =>
  ([...whole] as Piece[]).toSpliced(at, remove, ...put);

export const joined = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
