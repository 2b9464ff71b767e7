import { chatRequest, expect, inspected, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test.describe('memory', { ...alone, ...needs('started target') }, () => {
  test('memory of service, model server and database stays within its budgets during inference', {
    ...requirement('PERF-13', needs('chat')),
  }, async ({ watchMemory, load, startOwnTarget, freshDatabase, clientsFor, signUp, modelId }) => {
    // A fresh service, because earlier loads have grown the heap of the shared one.
    const service = await startOwnTarget({ platform: (await freshDatabase('platform')).urls.owner });
    const { headers } = await signUp({}, clientsFor(service).http);
    const watching = await watchMemory({ title: 'memory during inference', service });
    const json = chatRequest(modelId);
    await load.users({ title: 'chats at once', on: service, users: 4, rounds: 12, headers }, (http) =>
      http.post('chat.create', json),
    );
    await watching.expectWithin();
  });

  test(
    'memory of service, model server and database does not grow over a soak',
    requirement('PERF-13', needs('auth', 'registry', 'chat')),
    async ({ watchMemory, load, config, startOwnTarget, freshDatabase, clientsFor, signUp, modelId }) => {
      test.setTimeout(120_000 + config.PLUMBLINE_SOAK_MS);
      const seconds = config.PLUMBLINE_SOAK_MS / 1000;
      const service = await startOwnTarget({
        platform: (await freshDatabase('platform')).urls.owner,
        settings: inspected,
      });
      const { headers } = await signUp({}, clientsFor(service).http);
      const chat = { ...chatRequest(modelId), max_tokens: 4 };

      const watching = await watchMemory({ title: 'memory over a soak', service });
      const soak = { title: 'soak', on: service, headers, rate: 24, seconds, warmup: 0 };
      const result = await load.constant(soak, (http, i) => {
        if (i % 6 === 0) return http.post('chat.create', chat);
        return i % 2 === 0 ? http.get('auth.me') : http.get('registry.list');
      });
      expect(result.failures, 'failed requests of the soak').toEqual({});
      await watching.expectNoGrowth({ after: seconds / 2 });
    },
  );
});
