import { expect, needs, requirement, test } from '../../fixtures/index.ts';

const critic = 'plumbline-critic';

test.describe('presets', needs('orchestration.presets'), () => {
  test(
    'loading a preset loads its two models within its memory budget',
    requirement('ORCH-01', 'SEC-05', needs('started target')),
    async ({ presets, model, modelId, admin, databases, query }) => {
      const [preset] = (await presets.list()).body.data;
      expect(preset).toMatchObject({ id: 'reviewed', models: { generator: modelId, critic }, memory_budget_mb: 512 });
      const { loaded, memory_bytes: memory } = (await presets.load('reviewed', admin)).body;
      expect(loaded.map(({ id, state }) => [id, state])).toEqual([
        [modelId, 'loaded'],
        [critic, 'loaded'],
      ]);
      const reported = (await model.models()).body.data.map(
        (one) => (one['details'] as { memoryBytes: number } | undefined)?.memoryBytes ?? null,
      );
      // If the model server does not report the memory of its models, the service must report none either.
      const sum = reported.reduce((all, bytes) => (all === null || bytes === null ? null : all + bytes), 0);
      expect(memory).toBe(sum);
      if (sum !== null) {
        expect(sum).toBeGreaterThan(0);
        expect(sum).toBeLessThanOrEqual(512 * 1_048_576);
      }
      const audited = 'SELECT actor_id FROM audit_log WHERE action = $1 AND actor_id = $2';
      expect(await query(databases.platform.urls.owner, audited, ['preset.load', admin.id])).not.toEqual([]);
    },
  );

  test(
    'loading a preset is refused with 401 for an unknown caller and with 403 for a user',
    requirement('ORCH-01', 'SEC-01', needs('auth', 'chat.refusals')),
    async ({ presets, user }) => {
      const preset = (await presets.list()).body.data[0]?.id ?? '';
      expect((await presets.loadRefusal(preset)).status).toBe(401);
      expect((await presets.loadRefusal(preset, user)).status).toBe(403);
    },
  );

  test(
    'loading a preset over its memory budget is refused with 409, and loads no model',
    requirement('ORCH-01', needs('started target')),
    async ({ startOwnModel, startOwnTarget, clientsFor, modelClientsFor, modelId }) => {
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
      const { chat, presets } = modelClientsFor(clientsFor(await startOwnTarget({ model: server, env })).http);
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
