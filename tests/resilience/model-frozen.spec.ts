import { chatRequest, expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const modelTimeoutMs = 1_500;

test(
  'while the model server is frozen, chats, streams and questions end with a timeout; thawed, it is used again',
  requirement('RES-08', needs('chat', 'sql', 'started target')),
  async ({
    startOwnModel,
    startOwnTarget,
    freshDatabase,
    clientsFor,
    modelClientsFor,
    modelId,
    query,
    steadyTraffic,
    waitForQuiescence,
  }) => {
    const [platform, model] = await Promise.all([
      freshDatabase('platform'),
      startOwnModel({ models: [modelId], slots: 4 }),
    ]);
    const target = await startOwnTarget({
      platform: platform.urls.owner,
      model,
      // The breaker must stay closed, so that each call reaches the frozen server.
      settings: { 'model timeout': modelTimeoutMs, 'breaker volume': 100_000 },
    });
    const { http, sql } = clientsFor(target);
    const { chat } = modelClientsFor(http);
    const greeting = chatRequest(modelId, undefined, { max_tokens: 2 });
    await expect(() => chat.chat(greeting)).toPass();
    const traffic = await steadyTraffic((http) => http.request('POST', '/v1/chat/completions', { json: greeting }), {
      on: target,
      users: 2,
      pauseMs: 100,
      timeoutMs: 10 * modelTimeoutMs,
      title: 'chats while the model server is frozen',
    });
    await traffic.waitForRequests(4);

    const long = chatRequest(modelId, 'Count from 1 to 2000.', { max_tokens: 800, ignore_eos: true });
    const { wire } = await chat.chatStream(long);
    for await (const { data } of wire.events) if (/"content":"[^"]/.test(data)) break;
    const thaw = await traffic.fault('model server frozen', async () => {
      await model.freeze();
      return () => model.thaw();
    });
    const [stream, question] = await Promise.all([
      wire.done(),
      sql.refusal({ question: 'How many customers are there?', database: 'shop' }),
      traffic.waitForSample('504 answer', ({ kind, status }) => kind === 'refused' && status === 504),
    ]);
    expect(stream.error, 'transport error of the stream, which should end cleanly').toBeNull();
    expect(JSON.parse(stream.record.events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'model_timeout' } });
    expect(question).toBeProblem(504, /model/i);
    const ready = await clientsFor(target).operations.ready();
    expect(ready.body.dependencies?.['model']).toMatchObject({ status: 'down' });

    await thaw();
    await traffic.waitForRecovery({ within: 20_000 });
    const results = await traffic.stop();
    const during = results.during();
    expect(Object.keys(during.errors)).toEqual(['504 model_timeout']);
    expect(during.outcomes.hung).toBeUndefined();
    for (const { kind, due, done } of during.samples)
      if (kind === 'refused')
        expect(done - due, 'ms until a timeout: not before the model timeout').toBeGreaterThan(modelTimeoutMs - 50);
    const statuses = await query(platform.urls.owner, 'SELECT DISTINCT status FROM inferences ORDER BY 1');
    expect(statuses).toEqual([{ status: 'failed:model_timeout' }, { status: 'ok' }]);
    await waitForQuiescence({ on: target, databases: [platform] });
  },
);
