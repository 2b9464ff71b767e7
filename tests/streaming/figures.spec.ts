import { expect, needs, requirement, streamingChatRequest, streamLatency, test } from '../../fixtures/index.ts';

type Latency = NonNullable<ReturnType<typeof streamLatency>>;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The latency figures of a stream; fails where the answer was no stream with output. */
function splitOf(exchange: Parameters<typeof streamLatency>[0]): Latency {
  const split = streamLatency(exchange);
  expect(split, 'latency figures of the answer, which should be a stream with output').toMatchObject({
    ttftMs: { fromSent: expect.any(Number) },
  });
  return split as Latency;
}

/** Checks the relations that hold between the figures of every stream, whichever server sent it. */
function expectConsistent({ queueMs, ttftMs, itlMs, gaps, gapMs, tokensPerSecond, endMs, tokens, ...rest }: Latency) {
  const [wait, toFirst] = [Number(ttftMs.fromQueued), Number(ttftMs.fromSent)];
  const generating = sum(gaps);
  expect(toFirst, 'TTFT from the sent request, in ms').toBeGreaterThan(0);
  expect(
    wait,
    'TTFT from the queued request: it should be the time in the queue plus the TTFT from the sent request',
  ).toBeCloseTo(Number(queueMs) + toFirst, 3);
  expect(wait + generating, 'time of the last token: it should not be after the end of the stream').toBeLessThanOrEqual(
    Number(endMs) + 0.001,
  );
  expect(gaps, 'gaps between the events with output').toHaveLength(tokens.events - 1);
  const seconds = (toFirst + generating) / 1000;
  expect(
    Number(tokensPerSecond.overall) * seconds,
    'tokens per second times seconds: it should be the number of tokens',
  ).toBeCloseTo(tokens.n, 3);
  // A server may put a short answer into one event. That is correct, but leaves no gaps to check.
  if (tokens.events < 2) return;
  expect(Math.min(...gaps), 'shortest gap: events should come in order').toBeGreaterThanOrEqual(0);
  expect(gapMs).toMatchObject({ n: gaps.length, max: Math.max(...gaps) });
  expect(
    Number(itlMs) * (tokens.n - 1),
    'inter-token latency times the tokens after the first: it should be the time from first to last token',
  ).toBeCloseTo(generating, 3);
  expect(
    Number(rest.timePerOutputTokenMs),
    'time per output token: it includes the tail of the stream, so it should not be below the inter-token latency',
  ).toBeGreaterThanOrEqual(Number(itlMs));
}

test(
  'tokens per second, TTFT and inter-token gaps of a stream agree with its events and its usage',
  {
    ...requirement('STREAM-19', needs('chat.streaming', 'chat.usage')),
    tag: '@quick',
  },
  async ({ chat, modelId }, testInfo) => {
    const splits: Latency[] = [];
    for (let sample = 0; sample < 3; sample += 1) {
      const stream = await chat.chatStream(streamingChatRequest(modelId));
      const chunks = await stream.collect();
      const split = splitOf(stream.exchange);
      splits.push(split);

      const stamps = stream.wire.record.events
        .filter(({ data }) => data !== '[DONE]')
        .filter((_, i) => chunks[i]?.choices.some(({ delta }) => delta.content))
        .map(({ at }) => at);
      expect(split.tokens).toMatchObject({
        n: chunks.findLast(({ usage }) => usage)?.usage?.completion_tokens,
        source: 'usage',
        events: stamps.length,
        choices: 1,
      });
      const { queued } = stream.exchange.stamps;
      expect(split.ttftMs.fromQueued).toBeCloseTo(Number(stamps[0]) - queued, 3);
      expect(sum(split.gaps)).toBeCloseTo(Number(stamps.at(-1)) - Number(stamps[0]), 3);
      expectConsistent(split);
    }
    await testInfo.attach('stream figures', { body: JSON.stringify(splits, null, 1), contentType: 'application/json' });
  },
);

test(
  'without usage, the token count of a stream is taken from its log probabilities',
  requirement('STREAM-19', needs('chat.streaming', 'chat.logprobs')),
  async ({ chat, modelId }) => {
    const { stream_options: _, ...request } = streamingChatRequest(modelId, undefined, { logprobs: true });
    const stream = await chat.chatStream(request);
    const chunks = await stream.collect();
    const listed = chunks.flatMap(({ choices }) =>
      choices
        .filter(({ delta }) => delta.content)
        .map(({ logprobs }) => (logprobs as { content?: unknown[] } | null)?.content?.length ?? 0),
    );
    const split = splitOf(stream.exchange);
    expectConsistent(split);
    // A server may send its usage without being asked; the usage then takes precedence.
    if (split.tokens.source !== 'usage') expect(split.tokens).toMatchObject({ n: sum(listed), source: 'logprobs' });
  },
);

test(
  'concurrent streams each have consistent latency figures of their own',
  requirement('STREAM-19', needs('chat.streaming')),
  async ({ chat, modelId }, testInfo) => {
    const { stream_options: _, ...request } = streamingChatRequest(modelId);
    const splits = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const stream = await chat.chatStream(request);
        await stream.collect();
        return splitOf(stream.exchange);
      }),
    );
    for (const split of splits) expectConsistent(split);
    await testInfo.attach('stream figures', { body: JSON.stringify(splits, null, 1), contentType: 'application/json' });
  },
);
