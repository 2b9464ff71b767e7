import { expect, needs, requirement, test } from '../../fixtures/index.ts';

const critic = 'plumbline-critic';

test.describe('a preset', needs('orchestration.presets', 'started target'), () => {
  test(
    'loads its two models within its memory budget',
    requirement('ORCH-01', 'SEC-05'),
    async ({ presets, model, modelId, admin, databases, query }) => {
      const [preset] = (await presets.list()).body.data;
      expect(preset).toMatchObject({ id: 'reviewed', models: { generator: modelId, critic }, memory_budget_mb: 512 });
      const { loaded, memory_bytes: memory } = (await presets.load('reviewed', admin)).body;
      expect(loaded.map(({ id, state }) => [id, state])).toEqual([
        [modelId, 'loaded'],
        [critic, 'loaded'],
      ]);
      const told = (await model.models()).body.data.map(
        (one) => (one['details'] as { memoryBytes: number } | undefined)?.memoryBytes ?? null,
      );
      // Where the model server does not say what its models take, the service does not make it up.
      const sum = told.reduce((all, bytes) => (all === null || bytes === null ? null : all + bytes), 0);
      expect(memory).toBe(sum);
      if (sum !== null) {
        expect(sum).toBeGreaterThan(0);
        expect(sum).toBeLessThanOrEqual(512 * 1_048_576);
      }
      const audited = 'SELECT actor_id FROM audit_log WHERE action = $1 AND actor_id = $2';
      expect(await query(databases.platform.urls.owner, audited, ['preset.load', admin.id])).not.toEqual([]);
    },
  );

  test('is loaded by admins only', requirement('ORCH-01', 'SEC-01'), async ({ presets, user }) => {
    expect((await presets.loadRefusal('reviewed')).status).toBe(401);
    expect((await presets.loadRefusal('reviewed', user)).status).toBe(403);
  });

  test(
    'over its budget is refused, and leaves nothing loaded that was not',
    requirement('ORCH-01'),
    async ({ startOwnModel, startOwnTarget, clientsOf, inferenceOn, modelId }) => {
      test.slow();
      const server = await startOwnModel();
      const both = { generator: modelId, critic };
      const env = {
        ORCHESTRATION_PRESETS: JSON.stringify({
          small: { ...both, memory_budget_mb: 0.5 },
          roomy: { ...both, memory_budget_mb: 512 },
          unknown: { generator: modelId, critic: 'no-such-model' },
        }),
      };
      const { chat, presets } = inferenceOn(clientsOf(await startOwnTarget({ model: server, env })).http);
      const states = async () =>
        Object.fromEntries((await chat.models()).body.data.map(({ id, state }) => [id, state]));
      await expect.poll(states).toEqual({ [modelId]: 'loaded', [critic]: 'loaded' });
      await chat.unload(critic);

      const refusal = await presets.loadRefusal('small');
      expect([refusal.status, refusal.body.error.code]).toEqual([409, 'memory_budget_exceeded']);
      expect(refusal.body.error.message).toMatch(/[\d.]+ MB.* 0\.5 MB/);
      expect(await states()).toEqual({ [modelId]: 'loaded', [critic]: 'unloaded' });

      await chat.unload(modelId);
      expect((await presets.load('roomy')).body.loaded.map(({ state }) => state)).toEqual(['loaded', 'loaded']);
      expect(await states()).toEqual({ [modelId]: 'loaded', [critic]: 'loaded' });

      const unknown = await presets.loadRefusal('dream-team');
      expect([unknown.status, unknown.body.error.code]).toEqual([404, 'unknown_preset']);
      expect((await presets.loadRefusal('unknown')).body.error.code).toBe('model_not_found');
    },
  );
});
