import {
  chatRequest,
  expect,
  isReference,
  needs,
  openaiStreamRules,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

const allShapeRequirements = [
  'STREAM-02',
  'STREAM-03',
  'STREAM-04',
  'STREAM-05',
  'STREAM-06',
  'STREAM-07',
  'STREAM-09',
] as const;

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`chat streams of the ${server} on the wire`, details, () => {
    test.use({ streamsOf: server });

    test(
      `a chat stream of the ${server} has the event-stream content type and no content length`,
      requirement('STREAM-01'),
      async ({ chat, modelId }) => {
        const stream = await chat.chatStream(chatRequest(modelId));
        await stream.collect();
        const { headers = {}, status } = stream.exchange.response ?? {};
        expect(status).toBe(200);
        expect(headers['content-type']).toMatch(/^text\/event-stream\s*(;\s*charset=utf-8)?$/i);
        expect(headers, 'headers of the stream: its length is not known before it ends').not.toHaveProperty(
          'content-length',
        );
        expect(headers, 'headers of the stream: the request did not ask for compression').not.toHaveProperty(
          'content-encoding',
        );
        expect(headers['cache-control'] ?? 'no-cache', 'Cache-Control: no cache should store the stream').toMatch(
          /no-cache|no-store/,
        );
      },
    );

    test(
      `a chat stream of the ${server} arrives while it is generated, not when it is done`,
      requirement('STREAM-01'),
      async ({ chat, longAnswers }) => {
        // A busy machine may deliver late once; a server that buffers the answer does so every time.
        await expect(async () => {
          const stream = await chat.chatStream(longAnswers(300));
          await stream.collect();
          const { stamps, stream: record } = stream.exchange;
          const totalMs = (stamps.end ?? 0) - stamps.queued;
          const firstTokenMs = (stamps.firstToken ?? totalMs) - stamps.queued;
          expect(
            firstTokenMs / totalMs,
            `share of the time that passed before the first token: ${firstTokenMs} of ${totalMs} ms`,
          ).toBeLessThan(0.6);
          expect(record?.chunks.length, 'reads of the socket: a stream should arrive in many parts').toBeGreaterThan(
            10,
          );
        }).toPass({ intervals: [0], timeout: 20_000 });
      },
    );

    test(
      `a chat stream of the ${server} contains only legal SSE lines`,
      requirement('STREAM-02'),
      async ({ chat, modelId, longAnswers }) => {
        for (const request of [
          chatRequest(modelId),
          longAnswers(100),
          { ...longAnswers(30), temperature: 1.9, seed: 3 },
        ]) {
          const stream = await chat.chatStream(request);
          await expect(stream).toBeConformantStream({ kind: 'sse' });
          const text = Buffer.from(stream.wire.raw()).toString();
          for (const line of text.split(/\r\n|\n|\r/)) expect(line).toMatch(/^$|^:|^(data|event|id|retry)(:|$)/);
        }
      },
    );

    test(
      `a chat stream of the ${server} ends with one [DONE] and then closes cleanly`,
      requirement('STREAM-07'),
      async ({ chat, modelId, longAnswers }) => {
        for (const request of [chatRequest(modelId), longAnswers(40), longAnswers(1)]) {
          const stream = await chat.chatStream(request);
          const { error } = await stream.wire.done();
          expect(error).toBeNull();
          const data = stream.wire.events.map((event) => event.data);
          expect(data.at(-1)).toBe('[DONE]');
          expect(
            data.filter((each) => each === '[DONE]'),
            '[DONE] events: there should be exactly one',
          ).toHaveLength(1);
          expect(Buffer.from(stream.wire.raw()).toString()).toMatch(/data: ?\[DONE\](\r\n|\n|\r){1,2}$/);
        }
      },
    );

    test(
      `a chat stream of the ${server} violates no conformance rule`,
      requirement(...allShapeRequirements),
      async ({ chat, modelId, longAnswers }) => {
        for (const request of [chatRequest(modelId), longAnswers(64)])
          await expect(await chat.chatStream(request)).toBeConformantStream(openaiStreamRules);
      },
    );
  });

test(
  'each token is on the wire before the next one exists',
  requirement(
    'STREAM-01',
    needs('chat.streaming', 'scripted model', ...(isReference ? [] : (['chat.unbuffered'] as const))),
  ),
  async ({ scripted }) => {
    const pieces = ['one', ' two', ' three', ' four'];
    const arrived = pieces.map(() => Promise.withResolvers<void>());
    // The model sends a word only when the reader has received the one before it: a server that holds back a single
    // word waits for ever.
    scripted.play(async (generation) => {
      await generation.chunk({ role: 'assistant', content: '' });
      for (const [i, content] of pieces.entries()) {
        await generation.chunk({ content });
        await arrived[i]?.promise;
      }
      await generation.finish();
    });
    const stream = await scripted.chat.chatStream(chatRequest(scripted.model));
    let next = 0;
    for await (const { choices } of stream)
      if (choices[0]?.delta.content) {
        expect(choices[0].delta.content).toBe(pieces[next]);
        arrived[next++]?.resolve();
      }
    expect(next).toBe(pieces.length);
    await expect(stream).toBeConformantStream(openaiStreamRules);
  },
);
