import type { Socket } from 'node:net';
import { setTimeout as after, setImmediate as turn } from 'node:timers/promises';
import type { StreamRules } from '../../../../fixtures/wire/conformance/rules.ts';
import type { Violation } from '../../../../fixtures/wire/conformance/violation.ts';
import { readToEnd } from '../../../../fixtures/wire/conformance/watch.ts';
import type { Exchange } from '../../../../fixtures/wire/exchange.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { serveBytes } from '../../support/http-servers.ts';

export type Piece = string | Uint8Array;

/** One kind of stream, as a server sends it byte for byte. */
export interface Kind {
  readonly kind: string;
  /** What must be found, first the cause; nothing of a right stream. */
  readonly caught: readonly Violation['name'][];
  /** A part of the message that names the fault. */
  readonly says?: string;
  readonly rules?: Partial<StreamRules> | undefined;
  /** What is asked for beside the model, the messages and `stream: true`. */
  readonly asks?: Readonly<Record<string, unknown>>;
  /** Whether a recorder that runs late itself withholds the verdict, so that a busy machine needs another try. */
  readonly needsCalm?: boolean;
  readonly talk: (socket: Socket) => Promise<void> | void;
}

const SSE = 'content-type: text/event-stream';

/** Status line and headers; chunked unless told otherwise. */
export const head = (headers: readonly string[] = [SSE], status = '200 OK', framing = 'transfer-encoding: chunked') =>
  `HTTP/1.1 ${status}\r\n${[...headers, framing].filter(Boolean).join('\r\n')}\r\n\r\n`;

const LAST_CHUNK = '0\r\n\r\n';

/** One chunk of a chunked body. */
export function framed(piece: Piece): Buffer {
  const bytes = Buffer.from(piece as string);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** Sends the pieces as chunks of their own, each in a packet of its own, and then an end. */
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

/** A server that repeats a piece for as long as anybody listens. */
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

/** Has the kind served, reads it to its end as the matcher does, and hands the record back. */
export async function recorded({ talk, rules, asks }: Kind): Promise<{ exchange: Exchange; rules: StreamRules }> {
  const kept = { kind: 'openai-chat', ...rules } as StreamRules;
  const recorder = createRecorder();
  await using server = await serveBytes((socket) => void socket.once('data', () => void talk(socket)));
  await using http = createHttpClient({ baseUrl: server.url, recorder, timeoutMs: 20_000 });
  const json = { model: 'm', messages: [], stream: true, ...asks };
  try {
    const answer = await http.stream('POST', '/v1/chat/completions', { json });
    if (answer.kind === 'stream') await readToEnd(answer, kept);
  } catch (error) {
    // A plain body that broke off: the exchange has it.
    if ((error as Error).name !== 'WireError') throw error;
  }
  const [exchange] = recorder.exchanges;
  if (!exchange) throw new Error('nothing was recorded');
  return { exchange, rules: kept };
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

/** The events with some left out, put in or changed. */
export const but = (at: number, remove: number, ...put: readonly Piece[]): Piece[] =>
  ([...whole] as Piece[]).toSpliced(at, remove, ...put);

export const joined = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
