import { chatRequest, expect, isReference, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test(
  'while the model server is frozen, chats and streams end with a timeout; thawed, it is used again',
  requirement('RES-08', 'OWN-04', needs('chat', 'chat.streaming', 'scripted model', 'settings.model timeout')),
  async ({
    startOwnModel,
    startOwnTarget,
    sendChat,
    clientsFor,
    modelClientsFor,
    modelId,
    query,
    steadyTraffic,
    settings,
    waitForQuiescence,
  }) => {
    test.slow();
    const timeoutMs = settings.atLeast('model timeout', 1_500, 10_000);
    const model = await startOwnModel({ models: [modelId], slots: 4 });
    const turned = {
      'model timeout': timeoutMs,
      // The breaker must stay closed, so that each call reaches the frozen server.
      ...(settings.has('breaker volume') && { 'breaker volume': 100_000 }),
      ...(settings.has('model attempts') && { 'model attempts': 1 }),
    };
    const target = await startOwnTarget({ databases: 'fresh', model, settings: turned });
    const { http } = clientsFor(target);
    const { chat } = modelClientsFor(http);
    const greeting = chatRequest(modelId, undefined, { max_tokens: 2 });
    await expect(() => chat.chat(greeting)).toPass({ timeout: 30_000 });
    const traffic = await steadyTraffic(
      async (http) => {
        const answer = await sendChat({ json: greeting }, 'POST', http);
        if (answer.kind !== 'plain') throw new Error('A plain chat was answered with a stream.');
        return answer;
      },
      {
        ...{ on: target, users: 2, pauseMs: 100, timeoutMs: 10 * timeoutMs },
        title: 'chats while the model server is frozen',
        ...(isReference ? {} : { watch: false }),
      },
    );
    await traffic.waitForRequests(4);

    const long = chatRequest(modelId, 'Count from 1 to 2000.', { max_tokens: 800, ignore_eos: true });
    const { wire } = await chat.chatStream(long);
    for await (const { data } of wire.events) if (/"content":"[^"]/.test(data)) break;
    const thaw = await traffic.fault('model server frozen', async () => {
      await model.freeze();
      return () => model.thaw();
    });
    const [stream] = await Promise.all([
      wire.done(),
      traffic.waitForSample('refusal by the service', ({ kind, status = 0 }) => kind === 'refused' && status >= 500),
    ]);
    expect(stream.record.events.at(-1)?.data, 'the last event of a stream that was never whole').not.toBe('[DONE]');
    if (isReference) {
      expect(stream.error, 'transport error of the stream, which should end cleanly').toBeNull();
      expect(JSON.parse(stream.record.events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'model_timeout' } });
      const { sql, operations } = clientsFor(target);
      const question = await sql.refusal({ question: 'How many customers are there?', database: 'shop' });
      expect(question).toBeProblem(504, /model/i);
      expect((await operations.ready()).body.dependencies?.['model']).toMatchObject({ status: 'down' });
    }

    await thaw();
    await traffic.waitForRecovery({ within: 30_000 });
    const during = (await traffic.stop()).during();
    expect(during.outcomes.hung, 'chats that hung while the model server was frozen').toBeUndefined();
    for (const { kind, due, done, status } of during.samples) {
      if (kind !== 'refused') continue;
      expect(status, 'the status of a chat while the model server was frozen').toBeGreaterThanOrEqual(500);
      expect(done - due, 'ms until a timeout: not before the model timeout').toBeGreaterThan(timeoutMs - 50);
    }
    if (isReference) {
      expect(Object.keys(during.errors)).toEqual(['504 model_timeout']);
      const platform = target.databases['platform']?.urls.owner ?? '';
      const statuses = await query(platform, 'SELECT DISTINCT status FROM inferences ORDER BY 1');
      expect(statuses).toEqual([{ status: 'failed:model_timeout' }, { status: 'ok' }]);
    }
    await waitForQuiescence({ on: target, databases: Object.values(target.databases) });
  },
);
