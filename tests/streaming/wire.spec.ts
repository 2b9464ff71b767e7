import { expect, needs, openaiStreamRules, requirement, simple, faultTest as test } from '../../fixtures/index.ts';

const everyShape = ['STREAM-02', 'STREAM-03', 'STREAM-04', 'STREAM-05', 'STREAM-06', 'STREAM-07', 'STREAM-09'] as const;

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`on the wire, a chat stream of the ${door}`, details, () => {
    test.use({ door });

    test('says that it is one, and not how long it is', requirement('STREAM-01'), async ({ talk, modelId }) => {
      const stream = await talk.chatStream(simple(modelId));
      await stream.collect();
      const { headers = {}, status } = stream.exchange.response ?? {};
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^text\/event-stream\s*(;\s*charset=utf-8)?$/i);
      expect(headers, 'a stream has no length before it ends').not.toHaveProperty('content-length');
      expect(headers, 'no compression was asked for').not.toHaveProperty('content-encoding');
      expect(headers['cache-control'] ?? 'no-cache', 'no cache may keep it').toMatch(/no-cache|no-store/);
    });

    test(
      'comes while it is generated, not when it is done',
      requirement('STREAM-01'),
      async ({ talk, longAnswers }) => {
        // A machine that is busy may deliver late once; a server that collects the answer does so always.
        await expect(async () => {
          const stream = await talk.chatStream(longAnswers(300));
          await stream.collect();
          const { stamps, stream: record } = stream.exchange;
          const took = (stamps.end ?? 0) - stamps.queued;
          const untilFirst = (stamps.firstToken ?? took) - stamps.queued;
          expect(untilFirst / took, `first token at ${untilFirst} ms of ${took} ms`).toBeLessThan(0.6);
          expect(record?.chunks.length, 'reads of the socket').toBeGreaterThan(10);
        }).toPass({ intervals: [0], timeout: 20_000 });
      },
    );

    test('has legal lines only', requirement('STREAM-02'), async ({ talk, modelId, longAnswers }) => {
      for (const request of [simple(modelId), longAnswers(100), { ...longAnswers(30), temperature: 1.9, seed: 3 }]) {
        const stream = await talk.chatStream(request);
        await expect(stream).toBeConformantStream({ kind: 'sse' });
        const text = Buffer.from(stream.wire.raw()).toString();
        for (const line of text.split(/\r\n|\n|\r/)) expect(line).toMatch(/^$|^:|^(data|event|id|retry)(:|$)/);
      }
    });

    test(
      'ends with [DONE], once, and then cleanly',
      requirement('STREAM-07'),
      async ({ talk, modelId, longAnswers }) => {
        for (const request of [simple(modelId), longAnswers(40), longAnswers(1)]) {
          const stream = await talk.chatStream(request);
          const { error } = await stream.wire.done();
          expect(error).toBeNull();
          const data = stream.wire.events.map((event) => event.data);
          expect(data.at(-1)).toBe('[DONE]');
          expect(
            data.filter((each) => each === '[DONE]'),
            'said once',
          ).toHaveLength(1);
          expect(Buffer.from(stream.wire.raw()).toString()).toMatch(/data: ?\[DONE\](\r\n|\n|\r){1,2}$/);
        }
      },
    );

    test('is right in every respect', requirement(...everyShape), async ({ talk, modelId, longAnswers }) => {
      for (const request of [simple(modelId), longAnswers(64)])
        await expect(await talk.chatStream(request)).toBeConformantStream(openaiStreamRules);
    });
  });

test(
  'each token is on the wire before the next one exists',
  requirement('STREAM-01', needs('started target')),
  async ({ scripted }) => {
    const pieces = ['one', ' two', ' three', ' four'];
    const heard = pieces.map(() => Promise.withResolvers<void>());
    // The model says a word only when the reader has the one before it: whoever holds back even one ends in silence.
    scripted.play(async (stage) => {
      await stage.chunk({ role: 'assistant', content: '' });
      for (const [i, content] of pieces.entries()) {
        await stage.chunk({ content });
        await heard[i]?.promise;
      }
      await stage.finish();
    });
    const stream = await scripted.chat.chatStream(simple('scripted'));
    let next = 0;
    for await (const { choices } of stream)
      if (choices[0]?.delta.content) {
        expect(choices[0].delta.content).toBe(pieces[next]);
        heard[next++]?.resolve();
      }
    expect(next).toBe(pieces.length);
    await expect(stream).toBeConformantStream(openaiStreamRules);
  },
);
