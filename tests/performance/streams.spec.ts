import {
  chatRequest,
  expectBudget,
  needs,
  requirement,
  streamingChatRequest,
  loadTest as test,
} from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test.describe('chat streams', { ...alone, ...needs('chat', 'chat.streaming') }, () => {
  for (const { streams, title, users, group } of [
    { streams: 'a single chat stream', title: 'alone', users: 1, group: 'stream' },
    { streams: 'five concurrent chat streams', title: 'five at once', users: 5, group: 'streams' },
  ] as const)
    test(
      `TTFT, inter-token gaps and token rate of ${streams} are within their budgets`,
      requirement('PERF-15'),
      async ({ load, modelId }) => {
        const request = streamingChatRequest(modelId);
        const options = { title: `chat streams, ${title}`, users, rounds: 40 / users, warmup: 1 };
        await expectBudget(() => load.users(options, (http) => http.stream('chat.create', request)), group);
      },
    );

  test(
    'five concurrent chats are all answered, and none is refused because a queue is full',
    requirement('PERF-16'),
    async ({ load, modelId }) => {
      const request = chatRequest(modelId);
      const measure = () =>
        load.users({ title: 'five chats at once', users: 5, rounds: 6 }, (http) => http.post('chat.create', request));
      await expectBudget(measure, 'five');
    },
  );
});
