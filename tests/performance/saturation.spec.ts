import { chatRequest, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test.describe('saturation under rising load', { ...alone, ...needs('auth', 'process control') }, () => {
  test(
    'cached registry reads sustain at least their budgeted rate under rising load',
    requirement('PERF-12', needs('registry', 'registry.caching')),
    async ({ expectSustained, registerModel, user: { headers } }) => {
      const { id } = await registerModel();
      const rising = { title: 'cached reads', headers, from: 50, most: 2_000 };
      await expectSustained(rising, 'readsSaturation', { route: 'registry.read', params: { id } });
    },
  );

  test(
    'short chats sustain at least their budgeted rate under rising load',
    requirement('PERF-12', needs('chat')),
    async ({ expectSustained, modelId, user: { headers } }) => {
      const json = { ...chatRequest(modelId), max_tokens: 8 };
      const rising = { title: 'short chats', headers, from: 4, most: 200 };
      await expectSustained(rising, 'chatSaturation', { method: 'POST', route: 'chat.create', json });
    },
  );
});
