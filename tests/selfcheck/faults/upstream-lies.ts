import { lies } from '../../../fixtures/faults/upstream/index.ts';
import { expect } from '../../../fixtures/index.ts';
import { type Heard, jsonOf } from './plain-client.ts';

const tokensIn = (text: string): number => text.match(/"delta":\{"content":"[^"]/g)?.length ?? 0;

/** Every lie, and what a plain client makes of it. */
export const lieRows: [
  title: string,
  lie: ReturnType<typeof lies.status>,
  stream: boolean,
  check: (heard: Heard) => void,
][] = [
  ...[429, 500, 503].map((code): (typeof lieRows)[number] => [
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
