import type { Exchange, FailureKind, Stamps } from '../../../fixtures/wire/exchange.ts';
import { createRecorder, type Recorder } from '../../../fixtures/wire/recorder.ts';

export interface Sample {
  readonly method?: string;
  readonly path?: string;
  readonly label?: string;
  readonly status?: number | null;
  readonly events?: readonly number[];
  readonly failure?: FailureKind;
  readonly body?: string;
  readonly stamps: Stamps;
}

/** An exchange as the recorder would have made it, with stamps of the caller's choosing. */
export function sample({
  method = 'GET',
  path = '/health',
  label = 'service',
  status = 200,
  ...rest
}: Sample): Exchange {
  const { events, failure, body, stamps } = rest;
  const bytes = (text: string) => ({ bytes: text.length, text, truncated: false, utf8: true });
  return {
    id: 1,
    label,
    method,
    url: `http://127.0.0.1:1${path}`,
    request: { headers: {}, body: null },
    connection: 'new',
    response:
      status === null ? null : { status, statusText: '', headers: {}, body: body === undefined ? null : bytes(body) },
    stream: events
      ? {
          chunks: events.map((at) => ({ at, offset: 0, bytes: Buffer.from('data: x\n\n') })),
          events: events.map((at, chunk) => ({ at, chunk, name: 'message', data: 'x' })),
          comments: [],
          parseErrors: [],
          bytes: events.length * 9,
        }
      : null,
    error: failure ? { kind: failure, code: null, message: failure } : null,
    stamps,
  };
}

/** A plain exchange that began at `queued` and took `took` milliseconds. */
export const plain = (queued: number, took: number, more: Omit<Sample, 'stamps'> = {}): Exchange =>
  sample({
    ...more,
    stamps: {
      queued,
      connected: queued + 0.1,
      sent: queued + 0.2,
      headers: queued + took * 0.9,
      firstByte: queued + took * 0.9,
      end: queued + took,
    },
  });

export const spread = (from: number, to: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / Math.max(1, n - 1));

/** Some of everything that a picture must show. */
export const variety: readonly Exchange[] = [
  sample({
    path: '/ready',
    stamps: { queued: 100, connecting: 101, connected: 104, sent: 104.5, headers: 118, firstByte: 118, end: 119 },
  }),
  plain(122, 10, { path: '/api/v1/sql/databases' }),
  plain(140, 160, { method: 'POST', path: '/api/v1/sql' }),
  sample({
    method: 'POST',
    path: '/v1/chat/completions',
    label: 'model server',
    events: spread(165, 342, 60),
    stamps: {
      queued: 150,
      connecting: 151,
      connected: 155,
      sent: 156,
      headers: 163,
      firstByte: 165,
      firstToken: 210,
      end: 343,
    },
  }),
  plain(380, 80, {
    method: 'POST',
    path: `/api/v1/sql?verbose=true&trace=${'0123456789abcdef'.repeat(8)}`,
    status: 422,
  }),
  plain(470, 11, { method: 'DELETE', path: `/api/v1/documents/${'x'.repeat(200)}/pages/12`, status: 503 }),
  sample({
    path: '/metrics',
    status: null,
    failure: 'timeout',
    stamps: { queued: 500, connected: 500.3, sent: 500.5, end: 700 },
  }),
  sample({ path: '/health', status: null, failure: 'refused', stamps: { queued: 640, end: 642 } }),
  sample({ path: '/unfinished', status: null, stamps: { queued: 650, connected: 650.3, sent: 651 } }),
  sample({
    method: 'POST',
    path: '/api/v1/sql',
    failure: 'cut',
    events: spread(600, 660, 10),
    stamps: { queued: 560, connected: 560.3, sent: 560.5, headers: 596, firstByte: 600, firstToken: 600, end: 668 },
  }),
];

/** A recorder that already holds these exchanges. */
export const recorded = (exchanges: readonly Exchange[]): Recorder => ({ ...createRecorder(), exchanges });
