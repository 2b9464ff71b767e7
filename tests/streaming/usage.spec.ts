import { chatRequest, chatRules, expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const withUsage = { stream_options: { include_usage: true } };

for (const [server, details] of [
  ['target', needs('chat.streaming', 'chat.usage')],
  ['model server', needs('model server')],
] as const)
  test.describe(`chat stream usage of the ${server}`, details, () => {
    test.use({ streamsOf: server });

    test(
      `a chat stream of the ${server} carries no usage unless the request asks for it`,
      requirement('STREAM-09'),
      async ({ chat, modelId }) => {
        for (const fields of [{}, { stream_options: { include_usage: false } }, { stream_options: null }]) {
          const chunks = await (await chat.chatStream({ ...chatRequest(modelId), ...fields })).collect();
          expect(chunks.filter(({ usage }) => usage)).toEqual([]);
          expect(chunks.filter(({ choices }) => choices.length === 0)).toEqual([]);
        }
      },
    );

    test(
      `the usage of a chat stream of the ${server} comes in a last chunk of its own, without choices`,
      requirement('STREAM-09'),
      async ({ chat, modelId, longAnswers }) => {
        for (const request of [chatRequest(modelId), longAnswers(20)]) {
          const stream = await chat.chatStream({ ...request, ...withUsage });
          const chunks = await stream.collect();
          expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
          for (const chunk of chunks.slice(0, -1)) {
            expect(chunk.usage ?? null, 'usage of a chunk before the last').toBeNull();
            expect(chunk.choices, 'choices of a chunk before the last').not.toEqual([]);
          }
          await expect(stream).toBeConformantStream({ ...chatRules('usage'), expectations: { usage: true } });
        }
      },
    );

    test(
      `the usage of a chat stream of the ${server} adds up and equals that of the plain answer`,
      requirement('STREAM-09', 'CHAT-06'),
      async ({ chat, modelId }) => {
        const plain = (await chat.chat(chatRequest(modelId, 'Who are you?'))).body.usage;
        const chunks = await (
          await chat.chatStream({ ...chatRequest(modelId, 'Who are you?'), ...withUsage })
        ).collect();
        const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = chunks.at(-1)?.usage ?? {};
        expect(total_tokens).toBe(prompt_tokens + completion_tokens);
        expect([prompt_tokens, completion_tokens]).toEqual([plain?.prompt_tokens, plain?.completion_tokens]);
      },
    );

    test(
      `the usage of a chat stream of the ${server} counts the tokens of all choices`,
      requirement('STREAM-09', needs('chat.n')),
      async ({ chat, longAnswers }, testInfo) => {
        const response = await chat.chat(longAnswers(10, { n: 2 })).catch((error: Error) => error);
        testInfo.skip(
          response instanceof Error || response.body.choices.length < 2,
          'the target gives one choice only, or refuses n',
        );
        const chunks = await (await chat.chatStream(longAnswers(10, { n: 2, ...withUsage }))).collect();
        expect(chunks.at(-1)?.usage?.completion_tokens).toBe(20);
      },
    );
  });
