import {
  choicesOf,
  expect,
  finishesOf,
  needs,
  piecesOf,
  requirement,
  simple,
  faultTest as test,
} from '../../fixtures/index.ts';

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`the chunks of a chat stream of the ${door}`, details, () => {
    test.use({ door });

    test('open with the role, said once', requirement('STREAM-03'), async ({ talk, modelId, longAnswers }) => {
      for (const request of [simple(modelId), longAnswers(20)]) {
        const deltas = choicesOf(await (await talk.chatStream(request)).collect()).map(({ delta }) => delta);
        expect(deltas[0]?.role).toBe('assistant');
        // Before the role there is nothing; after it, some servers repeat it, which accumulates to nonsense.
        expect(deltas.slice(1).filter(({ role }) => role !== undefined && role !== null)).toEqual([]);
      }
    });

    test(
      'bear one id, one model and one time of birth',
      requirement('STREAM-04'),
      async ({ talk, modelId, longAnswers }) => {
        const ids = new Set<string>();
        for (const request of [simple(modelId), longAnswers(40), { ...longAnswers(5), stream_options: usage }]) {
          const chunks = await (await talk.chatStream(request)).collect();
          const [first] = chunks;
          for (const { id, model, created, object } of chunks)
            expect({ id, model, created, object }).toEqual({
              id: first?.id,
              model: first?.model,
              created: first?.created,
              object: 'chat.completion.chunk',
            });
          expect(first?.id).toMatch(/\S/);
          expect(Math.abs((first?.created ?? 0) - Date.now() / 1_000), 'seconds since 1970').toBeLessThan(600);
          ids.add(first?.id ?? '');
        }
        expect(ids.size, 'no two streams share an id').toBe(3);
      },
    );

    test(
      'are stamped once, though they take more than a moment',
      requirement('STREAM-04'),
      async ({ talk, longAnswers }) => {
        const crossing = async () => {
          // Begun at the end of a second, so that it goes on into the next one.
          await expect.poll(() => Date.now() % 1_000, { intervals: [5] }).toBeGreaterThan(930);
          const began = Math.floor(Date.now() / 1_000);
          const chunks = await (await talk.chatStream(longAnswers(250))).collect();
          expect(Math.floor(Date.now() / 1_000), 'it ended in another second').toBeGreaterThan(began);
          return new Set(chunks.map(({ created }) => created)).size;
        };
        const stamps: number[] = [];
        await expect(async () => void stamps.push(await crossing())).toPass({ intervals: [0], timeout: 20_000 });
        expect(stamps, 'different times of birth in one stream').toEqual([1]);
      },
    );

    test('never say nothing', requirement('STREAM-05'), async ({ talk, modelId, longAnswers }) => {
      for (const request of [simple(modelId), longAnswers(64), { ...longAnswers(32), temperature: 1.9, seed: 5 }]) {
        const chunks = await (await talk.chatStream(request)).collect();
        const [, ...later] = choicesOf(chunks);
        const silent = later.filter(
          ({ delta, finish_reason }) => !finish_reason && Object.values(delta).every((value) => !value),
        );
        expect(silent, 'chunks without text, role, tool call or end').toEqual([]);
        expect(chunks.filter(({ choices, usage }) => choices.length === 0 && !usage)).toEqual([]);
      }
    });

    for (const [title, tokens, reason] of [
      ['that is done', 64, 'stop'],
      ['that is cut off', 12, 'length'],
    ] as const)
      test(
        `name the reason of a choice ${title} exactly once, at its end`,
        requirement('STREAM-06'),
        async ({ talk, modelId, longAnswers }) => {
          const request = reason === 'stop' ? simple(modelId) : longAnswers(tokens);
          const chunks = await (await talk.chatStream(request)).collect();
          expect(finishesOf(chunks)).toEqual([reason]);
          const choices = choicesOf(chunks);
          expect(choices.at(-1)?.finish_reason).toBe(reason);
          for (const choice of choices.slice(0, -1)) expect(choice.finish_reason, 'null until the end').toBeNull();
          const plain = (await talk.chat(request)).body;
          expect(plain.choices[0]?.finish_reason).toBe(reason);
        },
      );

    test('are of a size for reading along', requirement('STREAM-01'), async ({ talk, longAnswers }) => {
      const tokens = 120;
      const chunks = await (await talk.chatStream(longAnswers(tokens))).collect();
      expect(piecesOf(chunks).length, `pieces of ${tokens} tokens`).toBeGreaterThan(tokens / 6);
    });
  });

const usage = { include_usage: true };
