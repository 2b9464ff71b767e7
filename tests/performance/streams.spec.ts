import { expectBudget, needs, requirement, simple, streaming, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test.describe('chat streams', { ...alone, ...needs('chat', 'chat.streaming') }, () => {
  for (const { title, users, group } of [
    { title: 'alone', users: 1, group: 'stream' },
    { title: 'five at once', users: 5, group: 'streams' },
  ] as const)
    test(
      `the first token, the gaps and the rate are within their budgets, ${title}`,
      requirement('PERF-15'),
      async ({ load, modelId }) => {
        const request = streaming(modelId);
        const options = { title: `chat streams, ${title}`, users, rounds: 40 / users, warmup: 1 };
        await expectBudget(() => load.users(options, (http) => http.stream('chat.create', request)), group);
      },
    );

  test(
    'five at once are all answered: none is told that a queue is full',
    requirement('PERF-16'),
    async ({ load, modelId }) => {
      const request = simple(modelId);
      const measure = () =>
        load.users({ title: 'five chats at once', users: 5, rounds: 6 }, (http) => http.post('chat.create', request));
      await expectBudget(measure, 'five');
    },
  );
});
