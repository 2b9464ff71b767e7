import { lies } from '../../../fixtures/faults/upstream/index.ts';
import { expect } from '../../../fixtures/index.ts';
import { type Heard, jsonOf } from './plain-client.ts';

const tokensIn = (text: string): number => text.match(/"delta":\{"content":"[^"]/g)?.length ?? 0;

interface Choice {
  readonly delta?: { readonly content?: string };
  readonly logprobs?: { readonly content: object[] };
}

/** The first choice of each chunk. */
const eventsOf = (text: string): Choice[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)).choices[0] ?? {});

/** Every lie, and a check of what a plain client receives. */
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
    'a body that the test sets',
    lies.body('{"a":1}', { status: 418 }),
    true,
    (heard) =>
      expect([heard.status, heard.headers['content-type'], jsonOf(heard)]).toEqual([418, 'application/json', { a: 1 }]),
  ],
  [
    'a text that the test sets',
    lies.says('Not what the model says.'),
    false,
    (heard) =>
      expect(jsonOf(heard)).toMatchObject({
        choices: [{ message: { content: 'Not what the model says.' }, finish_reason: 'stop' }],
      }),
  ],
  [
    'a stream of a text that the test sets',
    lies.says(async (_, n) => ({
      text: `Call ${n}`,
      logprob: -1,
      finish: 'length',
      first: [{ token: 'Ca', logprob: -2 }],
    })),
    true,
    ({ text }) => {
      expect(
        eventsOf(text)
          .map(({ delta }) => delta?.content ?? '')
          .join(''),
      ).toBe('Call 2');
      expect(eventsOf(text)[1]?.logprobs?.content).toMatchObject([{ logprob: -1, top_logprobs: [{ token: 'Ca' }] }]);
      expect(text).toMatch(/"finish_reason":"length".*\n\ndata: \[DONE\]\n\n$/s);
    },
  ],
  [
    'a script',
    lies.plays(async ({ call, chunk, write, finish }) => {
      await chunk({ content: `for ${call.text.slice(0, 5)}` });
      await write(': a comment\n\n');
      await finish();
    }),
    true,
    ({ text }) => expect(text).toMatch(/"content":"for Hello".*\n\n: a comment\n\n.*\[DONE\]\n\n$/s),
  ],
  [
    'a script that breaks off',
    lies.plays(async ({ chunk, cut }) => {
      await chunk({ content: 'so far' });
      await cut();
    }),
    true,
    ({ text, error }) => expect([tokensIn(text), error]).toEqual([1, 'ECONNRESET']),
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
  [
    'a head and then silence',
    lies.stall(),
    true,
    ({ status, headers, text, error }) =>
      expect([status, headers['content-type'], text, error]).toEqual([200, 'text/event-stream', '', 'ABORT_ERR']),
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
