import type { Exchange, Stamps, StreamEvent } from '../../../fixtures/wire/exchange.ts';
import { createSseReader } from '../../../fixtures/wire/sse.ts';

/** What a server sent, and when: milliseconds after the request was sent. */
export type Sent = readonly [ms: number, text: string];

interface Streamed {
  readonly stamps?: Partial<Stamps>;
  /** Milliseconds of queue before the request was sent. Default 2. */
  readonly queue?: number;
  readonly path?: string;
  readonly label?: string;
  readonly error?: Exchange['error'];
  readonly headers?: Exchange['request']['headers'];
}

/** An exchange whose stream the recorder's own reader made of these chunks. */
export function streamed(
  sent: readonly Sent[],
  { queue = 2, path = '/v1/chat/completions', label = 'service', error = null, ...rest }: Streamed = {},
): Exchange {
  const origin = 1000;
  const events: StreamEvent[] = [];
  const { record, read } = createSseReader((event) => void events.push(event));
  for (const [ms, text] of sent) read(Buffer.from(text), origin + queue + ms);
  const [first, last] = [record.chunks[0], record.chunks.at(-1)];
  return {
    id: 1,
    label,
    method: 'POST',
    url: `http://127.0.0.1:1${path}`,
    request: { headers: rest.headers ?? {}, body: null },
    connection: 'new',
    response: {
      status: 200,
      statusText: 'OK',
      headers: { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked', ...rest.headers },
      body: null,
    },
    stream: record,
    error,
    stamps: {
      queued: origin,
      connecting: origin + queue * 0.1,
      connected: origin + queue * 0.8,
      sent: origin + queue,
      headers: (first?.at ?? origin) - 0.4,
      firstByte: first?.at ?? origin,
      end: (last?.at ?? origin) + 0.5,
      ...rest.stamps,
    },
    loopLag: { p99: 1.2, max: 1.4, samples: 40 },
  };
}

const chunk = (fields: object): string => `data: ${JSON.stringify({ id: 'c', choices: [], ...fields })}\n\n`;

export const role = (): string => chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] });

/** A piece of output, with so many log probabilities. */
export const piece = (content: string, { index = 0, logprobs = 0 } = {}): string =>
  chunk({
    choices: [
      {
        index,
        delta: { content },
        ...(logprobs > 0 && { logprobs: { content: Array.from({ length: logprobs }, () => ({ token: 't' })) } }),
      },
    ],
  });

export const finish = (): string => chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });

export const usage = (completion_tokens: number): string => chunk({ usage: { completion_tokens } });

export const done = 'data: [DONE]\n\n';

/** A chat that stalls once, with comments, its last events together in one chunk. */
export const stalling = (): Exchange =>
  streamed([
    [54, role()],
    ...Array.from({ length: 24 }, (_, i): Sent => [60 + i * 4.3, piece('word ')]),
    [180, ': still there\n\n'],
    [260, ': still there\n\n'],
    ...Array.from({ length: 18 }, (_, i): Sent => [402 + i * 3.9, piece('word ')]),
    [473, piece('.') + finish() + usage(44) + done],
  ]);
