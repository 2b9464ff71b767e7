import { chatRequest, expect, expectOfModel, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('model list', needs('models'), () => {
  test(
    'every model is listed once and can be read by its id',
    requirement('MODELS-01', needs('models.read')),
    async ({ chat, modelId }) => {
      const { data } = (await chat.models()).body;
      const ids = data.map(({ id }) => id);
      expect(ids).toContain(modelId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const model of data) expect((await chat.model(model.id)).body).toEqual(model);
    },
  );

  test(
    'every listed model answers a greeting and reports its tokens',
    requirement('MODELS-03', needs('chat')),
    async ({ chat }) => {
      const { data } = (await chat.models()).body;
      expect(data.length).toBeGreaterThan(0);
      for (const { id } of data) {
        const { choices, usage, model } = (await chat.chat(chatRequest(id))).body;
        await expectOfModel(() => expect(choices[0]?.message.content?.trim(), `what ${id} says`).not.toBe(''));
        expect.soft(model).toBe(id);
        expect.soft(usage?.prompt_tokens, `prompt tokens of ${id}`).toBeGreaterThan(0);
        expect.soft(usage?.completion_tokens, `completion tokens of ${id}`).toBeGreaterThan(0);
      }
    },
  );

  test(
    'a chat with each listed model is recorded under the name of that model',
    requirement('MODELS-03', needs('chat.usage', 'state.model calls')),
    async ({ chat, recordedCalls }) => {
      for (const { id } of (await chat.models()).body.data) {
        const answer = await chat.chat(chatRequest(id));
        const { prompt_tokens, completion_tokens } = answer.body.usage ?? {};
        const call = { model: id, ok: true, prompt_tokens, completion_tokens };
        expect(await recordedCalls(answer)).toEqual([expect.objectContaining(call)]);
      }
    },
  );

  test(
    'a chat with each listed model is counted under the name of that model',
    requirement('MODELS-03', needs('chat.usage', 'breaker.metrics')),
    async ({ chat, watchMetrics }) => {
      for (const { id } of (await chat.models()).body.data) {
        const metrics = await watchMetrics();
        const { prompt_tokens, completion_tokens } = (await chat.chat(chatRequest(id))).body.usage ?? {};
        const increase = (kind: string) => metrics.increase('model_tokens_total', { purpose: 'chat', model: id, kind });
        expect([await increase('prompt'), await increase('completion')]).toEqual([prompt_tokens, completion_tokens]);
      }
    },
  );

  for (const [what, method, path, body] of [
    [
      'a chat with an unknown model',
      'POST',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: 'Hello' }] },
    ],
    ['a completion with an unknown model', 'POST', '/v1/completions', { prompt: 'Hello' }],
    ['a request for embeddings with an unknown model', 'POST', '/v1/embeddings', { input: 'Hello' }],
    ['reading an unknown model', 'GET', '/v1/models/no-such-model', undefined],
  ] as const)
    test(
      `${what} is refused with 404, and the error lists the known models`,
      requirement('MODELS-04', needs('chat.refusals')),
      async ({ chat }) => {
        const json = body && { ...body, model: 'no-such-model' };
        const refusal = await chat.refusal(method, path, json ? { json } : {});
        expect(refusal.status).toBe(404);
        const { message, type, param, code } = refusal.body.error;
        expect([type, param, code]).toEqual(['invalid_request_error', 'model', 'model_not_found']);
        const known = (await chat.models()).body.data.map(({ id }) => id);
        for (const id of ['no-such-model', ...known]) expect(message, 'message of the refusal').toContain(id);
      },
    );
});

test.describe('model loading', needs('loading'), () => {
  test(
    'an admin unloads and loads a model, others are refused, and everybody can read its state',
    requirement('MODELS-02', 'SEC-05', needs('started target')),
    async ({
      startOwnModel,
      startOwnTarget,
      freshDatabase,
      clientsFor,
      modelClientsFor,
      signUp,
      signInAdmin,
      query,
      modelId,
    }) => {
      test.slow();
      const server = await startOwnModel({ models: [modelId] });
      const database = await freshDatabase('platform');
      const platform = database.urls.owner;
      const { http } = clientsFor(await startOwnTarget({ model: server, platform }));
      const { chat } = modelClientsFor(http);
      const direct = modelClientsFor(clientsFor(server).http).chat;
      const { headers } = await signInAdmin(http);
      const states = async () => [
        (await chat.model(modelId)).body.state,
        (await chat.models()).body.data[0]?.state,
        (await direct.model(modelId)).body.state,
      ];
      expect(await states()).toEqual(['loaded', 'loaded', 'loaded']);

      expect((await chat.unload(modelId, { headers })).body.state).toBe('unloaded');
      expect(await states()).toEqual(['unloaded', 'unloaded', 'unloaded']);
      expect((await chat.load(modelId, { headers })).body).toMatchObject({ id: modelId, state: 'loaded' });
      expect(await states()).toEqual(['loaded', 'loaded', 'loaded']);

      const path = `/v1/models/${modelId}/unload`;
      const user = await signUp({}, http);
      expect((await chat.refusal('POST', path)).status).toBe(401);
      expect((await chat.refusal('POST', path, { headers: user.headers })).body.error.type).toBe('permission_error');
      expect((await chat.refusal('POST', '/v1/models/no-such-model/load', { headers })).body.error.code).toBe(
        'model_not_found',
      );
      expect(await states()).toEqual(['loaded', 'loaded', 'loaded']);

      const audited = await query(
        platform,
        `SELECT subject, action FROM audit_log WHERE action LIKE 'model.%' ORDER BY at`,
      );
      expect(audited, 'the audit log holds what was done, and nothing that was refused').toEqual([
        { subject: modelId, action: 'model.unload' },
        { subject: modelId, action: 'model.load' },
      ]);
    },
  );

  test(
    'a model that was unloaded is loaded again by the next chat',
    requirement('MODELS-02', needs('chat', 'models.read', 'scripted model')),
    async ({ startOwnModel, startOwnTarget, clientsFor, modelClientsFor, modelId }) => {
      test.slow();
      const server = await startOwnModel({ models: [modelId] });
      // Without a platform database the service has no admin accounts, and lets every caller unload a model.
      const { http } = clientsFor(await startOwnTarget({ model: server }));
      const { chat } = modelClientsFor(http);
      const before = (await chat.chat(chatRequest(modelId))).body.choices[0]?.message.content;
      await chat.unload(modelId);
      expect((await chat.chat(chatRequest(modelId))).body.choices[0]?.message.content).toBe(before);
      expect((await chat.model(modelId)).body.state).toBe('loaded');
    },
  );
});
