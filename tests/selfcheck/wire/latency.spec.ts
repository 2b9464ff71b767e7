import { expect, test } from '@playwright/test';
import { readEvent } from '../../../fixtures/wire/latency/event-kind.ts';
import { quantiles } from '../../../fixtures/wire/latency/percentile.ts';
import { streamLatency } from '../../../fixtures/wire/latency/split.ts';
import { done, finish, piece, role, type Sent, streamed, usage } from '../support/stream-samples.ts';

/** Ten pieces, one every 10 ms from 50 ms after sent on; the rest comes 20 ms after the last of them. */
const pieces = (text: (i: number) => string): Sent[] =>
  Array.from({ length: 10 }, (_, i): Sent => [50 + i * 10, text(i)]);
const chat = (content: Sent[], rest: string): Sent[] => [[40, role()], ...content, [160, rest]];

const rows: { title: string; sent: Sent[]; split: object }[] = [
  {
    title: 'without usage each event with output counts as one token',
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
    title: 'usage says how many tokens the events carried, however few events',
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
    title: 'without usage log probabilities do, an entry a token',
    sent: chat(
      pieces((i) => piece('ab', { logprobs: i % 2 ? 1 : 3 })),
      finish() + done,
    ),
    split: { tokens: { n: 20, source: 'logprobs', events: 10, choices: 1 }, itlMs: 90 / 19 },
  },
  {
    title: 'log probabilities that are missing from some events are no count',
    sent: chat(
      pieces((i) => piece('ab', { logprobs: i })),
      finish() + done,
    ),
    split: { tokens: { n: 10, source: 'events', events: 10, choices: 1 } },
  },
  {
    title: 'choices side by side have a rhythm each',
    sent: chat(
      pieces((i) => piece('a', { index: i % 2 })),
      finish() + usage(10) + done,
    ),
    split: { tokens: { n: 10, source: 'usage', events: 10, choices: 2 }, itlMs: 20, gapMs: { n: 8, p50: 20, max: 20 } },
  },
  {
    title: 'one token has no rate',
    sent: [
      [40, role()],
      [50, piece('a')],
      [60, finish() + usage(1) + done],
    ],
    split: { itlMs: null, timePerOutputTokenMs: null, gapMs: null, tokensPerSecond: { overall: 20, decode: null } },
  },
  {
    title: 'tokens that came all at once have no rhythm',
    sent: [[50, role() + piece('a') + piece('b') + piece('c') + finish() + done]],
    split: { itlMs: 0, gapMs: { n: 2, max: 0 }, tokensPerSecond: { overall: 60, decode: null } },
  },
  {
    title: 'a stream that ends before its first token has none',
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
    title: 'a service’s own stream is read by the names of its events',
    sent: [
      [10, 'event: progress\ndata: {"stage":"route"}\n\n'],
      [30, 'event: token\ndata: {"text":"a"}\n\n'],
      [40, 'event: token\ndata: {"text":"b"}\n\n'],
      [60, 'event: done\ndata: {"usage":{"completion_tokens":99}}\n\n'],
    ],
    split: { ttftMs: { fromSent: 30, fromQueued: 32 }, tokens: { n: 2, source: 'events', events: 2 }, itlMs: 10 },
  },
  {
    title: 'what several models wrote is not what this stream carried',
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

test('the wait is split at sent: queue before it, TTFT after it, both from queued', () => {
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

test('every gap is there, in order, and together they are the time from the first token to the last', () => {
  const at = [50, 51, 99, 100, 160];
  const latency = streamLatency(streamed(at.map((ms): Sent => [ms, piece('a')])));
  expect(latency?.gaps.map(Math.round)).toEqual([1, 48, 1, 60]);
  expect(latency?.gapMs).toMatchObject({ n: 4, p50: 1, p95: 60, max: 60 });
});

test('an event is read by what it carries first of all', () => {
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

test('an exchange that was no stream has no such latency, and no samples no quantiles', () => {
  expect(streamLatency({ ...streamed([]), stream: null })).toBeNull();
  expect(quantiles([])).toBeNull();
});

/** To a microsecond, for sums of floating-point stamps. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, field) => (typeof field === 'number' ? Math.round(field * 1e3) / 1e3 : field)),
  );
}
