import { expect, test } from '@playwright/test';
import { readEvent } from '../../../fixtures/wire/latency/event-kind.ts';
import { quantiles } from '../../../fixtures/wire/latency/percentile.ts';
import { streamLatency } from '../../../fixtures/wire/latency/split.ts';
import { done, finish, piece, role, type Sent, streamed, usage } from '../support/stream-samples.ts';

/** Ten pieces, one every 10 ms, the first 50 ms after `sent`; the rest of the stream comes 20 ms after the last piece. */
const pieces = (text: (i: number) => string): Sent[] =>
  Array.from({ length: 10 }, (_, i): Sent => [50 + i * 10, text(i)]);
const chat = (content: Sent[], rest: string): Sent[] => [[40, role()], ...content, [160, rest]];

const rows: { title: string; sent: Sent[]; split: object }[] = [
  {
    title: 'in a stream without usage, each event with output counts as one token',
    sent: chat(
      pieces(() => piece('word ')),
      finish() + done,
    ),
    split: {
      tokens: { n: 10, source: 'events', events: 10, choices: 1 },
      itlMs: 10,
      tokensPerSecond: { overall: (10 / 140) * 1000, decode: 100 },
    },
  },
  {
    title: 'the usage chunk sets the number of tokens where events carry several',
    sent: chat(
      pieces(() => piece('several words ')),
      finish() + usage(31) + done,
    ),
    split: {
      tokens: { n: 31, source: 'usage', events: 10, choices: 1 },
      itlMs: 90 / 30,
      timePerOutputTokenMs: (160.5 - 50) / 30,
      tokensPerSecond: { overall: (31 / 140) * 1000, decode: (30 / 90) * 1000 },
    },
  },
  {
    title: 'in a stream without usage, each entry of the log probabilities counts as one token',
    sent: chat(
      pieces((i) => piece('ab', { logprobs: i % 2 ? 1 : 3 })),
      finish() + done,
    ),
    split: { tokens: { n: 20, source: 'logprobs', events: 10, choices: 1 }, itlMs: 90 / 19 },
  },
  {
    title: 'log probabilities that some events lack are not used to count tokens',
    sent: chat(
      pieces((i) => piece('ab', { logprobs: i })),
      finish() + done,
    ),
    split: { tokens: { n: 10, source: 'events', events: 10, choices: 1 } },
  },
  {
    title: 'the inter-token latency of a stream with two choices is measured within each choice',
    sent: chat(
      pieces((i) => piece('a', { index: i % 2 })),
      finish() + usage(10) + done,
    ),
    split: { tokens: { n: 10, source: 'usage', events: 10, choices: 2 }, itlMs: 20, gapMs: { n: 8, p50: 20, max: 20 } },
  },
  {
    title: 'a stream of one token has neither an inter-token latency nor a decode rate',
    sent: [
      [40, role()],
      [50, piece('a')],
      [60, finish() + usage(1) + done],
    ],
    split: { itlMs: null, timePerOutputTokenMs: null, gapMs: null, tokensPerSecond: { overall: 20, decode: null } },
  },
  {
    title: 'a stream whose tokens arrive together has an inter-token latency of 0 and no decode rate',
    sent: [[50, role() + piece('a') + piece('b') + piece('c') + finish() + done]],
    split: { itlMs: 0, gapMs: { n: 2, max: 0 }, tokensPerSecond: { overall: 60, decode: null } },
  },
  {
    title: 'a stream that ends before its first token has no TTFT and no token rate',
    sent: [
      [40, role()],
      [50, finish() + usage(0) + done],
    ],
    split: {
      ttftMs: { fromSent: null, fromQueued: null },
      tokens: { n: 0, source: 'events', events: 0, choices: 0 },
      itlMs: null,
      tokensPerSecond: { overall: null, decode: null },
    },
  },
  {
    title: 'the latency of a stream of named events is measured from its token events',
    sent: [
      [10, 'event: progress\ndata: {"stage":"route"}\n\n'],
      [30, 'event: token\ndata: {"text":"a"}\n\n'],
      [40, 'event: token\ndata: {"text":"b"}\n\n'],
      [60, 'event: done\ndata: {"usage":{"completion_tokens":99}}\n\n'],
    ],
    split: { ttftMs: { fromSent: 30, fromQueued: 32 }, tokens: { n: 2, source: 'events', events: 2 }, itlMs: 10 },
  },
  {
    title: 'the usage of an orchestrated answer is not used to count the tokens of the stream',
    sent: chat(
      pieces(() => piece('a')),
      'data: {"choices":[],"orchestration":{},"usage":{"completion_tokens":90}}\n\n',
    ),
    split: { tokens: { n: 10, source: 'events' } },
  },
];

for (const { title, sent, split } of rows)
  test(title, () => {
    const latency = streamLatency(streamed(sent));
    expect(rounded(latency)).toMatchObject(rounded(split) as Record<string, unknown>);
  });

test('the latency of a stream separates the wait before the request is sent from the TTFT after it', () => {
  const exchange = streamed(
    chat(
      pieces(() => piece('a')),
      finish() + done,
    ),
    { queue: 7 },
  );
  expect(rounded(streamLatency(exchange))).toMatchObject({
    queueMs: 7,
    ttftMs: { fromSent: 50, fromQueued: 57 },
    endMs: 167.5,
  });
});

test('the latency of a stream lists the gap between each token and the next, in order', () => {
  const at = [50, 51, 99, 100, 160];
  const latency = streamLatency(streamed(at.map((ms): Sent => [ms, piece('a')])));
  expect(latency?.gaps.map(Math.round)).toEqual([1, 48, 1, 60]);
  expect(latency?.gapMs).toMatchObject({ n: 4, p50: 1, p95: 60, max: 60 });
});

test('readEvent tells the kind of an event by its most important field', () => {
  const kind = (data: object | string, name = 'message') =>
    readEvent({ at: 0, chunk: 0, name, data: typeof data === 'string' ? data : JSON.stringify(data) }).kind;
  const choice = (fields: object) => ({ choices: [{ index: 0, ...fields }] });
  expect(kind(choice({ delta: { role: 'assistant', content: '' }, finish_reason: null }))).toBe('role');
  expect(kind(choice({ delta: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }))).toBe('content');
  expect(kind(choice({ delta: { reasoning_content: 'hm' } }))).toBe('content');
  expect(kind(choice({ delta: { tool_calls: [{ index: 0 }] } }))).toBe('content');
  expect(kind(choice({ text: 'a' }))).toBe('content');
  expect(kind(choice({ delta: {}, finish_reason: 'length' }))).toBe('finish');
  expect(kind({ choices: [], usage: { completion_tokens: 1 } })).toBe('usage');
  expect(kind('[DONE]')).toBe('terminal');
  expect(kind({ error: { message: 'x' } })).toBe('error');
  for (const odd of ['', 'null', '{', '[]', '{"choices":7}', '{"choices":[null]}', '{"choices":[{"delta":null}]}', '7'])
    expect(kind(odd), odd).toBe('other');
});

test('an exchange without a stream has no stream latency, and an empty list has no quantiles', () => {
  expect(streamLatency({ ...streamed([]), stream: null })).toBeNull();
  expect(quantiles([])).toBeNull();
});

/** Rounds to a microsecond, because sums of stamps are not exact. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, field) => (typeof field === 'number' ? Math.round(field * 1e3) / 1e3 : field)),
  );
}
