import { expect, needs, requirement, streaming, streamLatency, test } from '../../fixtures/index.ts';

type Latency = NonNullable<ReturnType<typeof streamLatency>>;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The split of a stream, which must be there. */
function splitOf(exchange: Parameters<typeof streamLatency>[0]): Latency {
  const split = streamLatency(exchange);
  expect(split, 'the answer was a stream with output').toMatchObject({ ttftMs: { fromSent: expect.any(Number) } });
  return split as Latency;
}

/** What holds of any stream's figures, whoever sent it. */
function expectConsistent({ queueMs, ttftMs, itlMs, gaps, gapMs, tokensPerSecond, endMs, tokens, ...rest }: Latency) {
  const [wait, toFirst] = [Number(ttftMs.fromQueued), Number(ttftMs.fromSent)];
  const generating = sum(gaps);
  expect(toFirst, 'a first token takes some time').toBeGreaterThan(0);
  expect(wait, 'the wait is the queue and the TTFT from sent').toBeCloseTo(Number(queueMs) + toFirst, 3);
  expect(wait + generating, 'the last token comes before the end').toBeLessThanOrEqual(Number(endMs) + 0.001);
  expect(gaps, 'a gap after each event with output but the last').toHaveLength(tokens.events - 1);
  const seconds = (toFirst + generating) / 1000;
  expect(Number(tokensPerSecond.overall) * seconds, 'tokens a second times the seconds').toBeCloseTo(tokens.n, 3);
  // A server may put a short answer into one event: right, and without a rhythm.
  if (tokens.events < 2) return;
  expect(Math.min(...gaps), 'events come in order').toBeGreaterThanOrEqual(0);
  expect(gapMs).toMatchObject({ n: gaps.length, max: Math.max(...gaps) });
  expect(Number(itlMs) * (tokens.n - 1), 'ITL times the tokens after the first').toBeCloseTo(generating, 3);
  expect(Number(rest.timePerOutputTokenMs), 'TPOT counts the tail').toBeGreaterThanOrEqual(Number(itlMs));
}

test(
  'tokens a second, TTFT and gaps are recorded; they agree with each other, the events and the usage',
  {
    ...requirement('STREAM-19', needs('chat.streaming', 'chat.usage')),
    tag: '@quick',
  },
  async ({ chat, modelId }, testInfo) => {
    const splits: Latency[] = [];
    for (let sample = 0; sample < 3; sample += 1) {
      const stream = await chat.chatStream(streaming(modelId));
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
  'where log probabilities are asked for and no usage, they tell how many tokens the events carry',
  requirement('STREAM-19', needs('chat.streaming', 'chat.logprobs')),
  async ({ chat, modelId }) => {
    const { stream_options: _, ...request } = streaming(modelId, undefined, { logprobs: true });
    const stream = await chat.chatStream(request);
    const chunks = await stream.collect();
    const listed = chunks.flatMap(({ choices }) =>
      choices
        .filter(({ delta }) => delta.content)
        .map(({ logprobs }) => (logprobs as { content?: unknown[] } | null)?.content?.length ?? 0),
    );
    const split = splitOf(stream.exchange);
    expectConsistent(split);
    // A server may tell its usage unasked: then that counts.
    if (split.tokens.source !== 'usage') expect(split.tokens).toMatchObject({ n: sum(listed), source: 'logprobs' });
  },
);

test(
  'streams at once have figures of their own, each consistent',
  requirement('STREAM-19', needs('chat.streaming')),
  async ({ chat, modelId }, testInfo) => {
    const { stream_options: _, ...request } = streaming(modelId);
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
