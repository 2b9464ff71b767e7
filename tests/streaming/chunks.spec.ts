import {
  chatRequest,
  choicesOf,
  expect,
  finishReasonsOf,
  needs,
  piecesOf,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`chat stream chunks of the ${server}`, details, () => {
    test.use({ streamsOf: server });

    test(
      `a chat stream of the ${server} names the role in its first chunk and nowhere else`,
      requirement('STREAM-03'),
      async ({ chat, modelId, longAnswers }) => {
        for (const request of [chatRequest(modelId), longAnswers(20)]) {
          const deltas = choicesOf(await (await chat.chatStream(request)).collect()).map(({ delta }) => delta);
          expect(deltas[0]?.role).toBe('assistant');
          // Some servers repeat the role, and a client that concatenates the deltas then gets "assistantassistant".
          const repeated = deltas.slice(1).filter(({ role }) => role !== undefined && role !== null);
          expect(repeated, 'later deltas that repeat the role').toEqual([]);
        }
      },
    );

    test(
      `all chunks of a chat stream of the ${server} carry the same id, model and creation time`,
      requirement('STREAM-04'),
      async ({ chat, modelId, longAnswers }) => {
        const ids = new Set<string>();
        for (const request of [chatRequest(modelId), longAnswers(40), { ...longAnswers(5), stream_options: usage }]) {
          const chunks = await (await chat.chatStream(request)).collect();
          const [first] = chunks;
          for (const { id, model, created, object } of chunks)
            expect({ id, model, created, object }).toEqual({
              id: first?.id,
              model: first?.model,
              created: first?.created,
              object: 'chat.completion.chunk',
            });
          expect(first?.id).toMatch(/\S/);
          expect(
            Math.abs((first?.created ?? 0) - Date.now() / 1_000),
            'distance of created, in seconds since 1970, from the time of this machine',
          ).toBeLessThan(600);
          ids.add(first?.id ?? '');
        }
        expect(ids.size, 'different ids of three streams').toBe(3);
      },
    );

    test(
      `a chat stream of the ${server} keeps one creation time although it lasts into the next second`,
      requirement('STREAM-04'),
      async ({ chat, longAnswers }) => {
        const countCreationTimes = async () => {
          // The stream starts at the end of a second, so that it lasts into the next one.
          await expect.poll(() => Date.now() % 1_000, { intervals: [5] }).toBeGreaterThan(930);
          const startSecond = Math.floor(Date.now() / 1_000);
          const chunks = await (await chat.chatStream(longAnswers(250))).collect();
          expect(
            Math.floor(Date.now() / 1_000),
            'second in which the stream ended: it should be a later one than it started in',
          ).toBeGreaterThan(startSecond);
          return new Set(chunks.map(({ created }) => created)).size;
        };
        const counts: number[] = [];
        await expect(async () => void counts.push(await countCreationTimes())).toPass({
          intervals: [0],
          timeout: 20_000,
        });
        expect(counts, 'different values of created in one stream').toEqual([1]);
      },
    );

    test(
      `a chat stream of the ${server} contains no empty chunks`,
      requirement('STREAM-05'),
      async ({ chat, modelId, longAnswers }) => {
        for (const request of [
          chatRequest(modelId),
          longAnswers(64),
          { ...longAnswers(32), temperature: 1.9, seed: 5 },
        ]) {
          const chunks = await (await chat.chatStream(request)).collect();
          const [, ...later] = choicesOf(chunks);
          const empty = later.filter(
            ({ delta, finish_reason }) => !finish_reason && Object.values(delta).every((value) => !value),
          );
          expect(empty, 'chunks without text, role, tool call or finish reason').toEqual([]);
          const bare = chunks.filter(({ choices, usage }) => choices.length === 0 && !usage);
          expect(bare, 'chunks without choices or usage').toEqual([]);
        }
      },
    );

    for (const [how, tokens, reason] of [
      ['ends by itself', 64, 'stop'],
      ['reaches its token limit', 12, 'length'],
    ] as const)
      test(
        `a chat stream of the ${server} that ${how} gives finish_reason ${reason} once, at its end`,
        requirement('STREAM-06'),
        async ({ chat, modelId, longAnswers }) => {
          const request = reason === 'stop' ? chatRequest(modelId) : longAnswers(tokens);
          const chunks = await (await chat.chatStream(request)).collect();
          expect(finishReasonsOf(chunks)).toEqual([reason]);
          const choices = choicesOf(chunks);
          expect(choices.at(-1)?.finish_reason).toBe(reason);
          for (const choice of choices.slice(0, -1))
            expect(choice.finish_reason, 'finish_reason before the last chunk').toBeNull();
          const plain = (await chat.chat(request)).body;
          expect(plain.choices[0]?.finish_reason).toBe(reason);
        },
      );

    test(
      `a chat stream of the ${server} delivers its text in chunks small enough to read along`,
      requirement('STREAM-01'),
      async ({ chat, longAnswers }) => {
        const tokens = 120;
        const chunks = await (await chat.chatStream(longAnswers(tokens))).collect();
        expect(piecesOf(chunks).length, `chunks with text in an answer of ${tokens} tokens`).toBeGreaterThan(
          tokens / 6,
        );
      },
    );
  });

const usage = { include_usage: true };
