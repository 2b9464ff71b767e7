import { chatRequest, expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const recordedCallsSql = `SELECT purpose, status, completion_tokens FROM inferences
  WHERE request_id = ANY ($1) ORDER BY started_at`;
const streamCount = 3;

test(
  'a model server killed in mid-stream ends all streams with an error event and, once restarted, serves again',
  requirement('RES-07', needs('chat', 'started target')),
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
    // Health probes are off: with them, chance would decide whether a call still reaches the killed server.
    const settings = { 'breaker reset': 300, 'model probe interval': 0 };
    const target = await startOwnTarget({ platform: platform.urls.owner, model, settings });
    const { chat } = modelClientsFor(clientsFor(target).http);
    const long = chatRequest(modelId, 'Count from 1 to 2000.', { max_tokens: 800, ignore_eos: true });
    const traffic = await steadyTraffic(
      (http) =>
        http.request('POST', '/v1/chat/completions', { json: chatRequest(modelId, undefined, { max_tokens: 2 }) }),
      { on: target, users: 1, pauseMs: 50, timeoutMs: 20_000, title: 'chats while the model server is killed' },
    );
    await traffic.waitForRequests(3);

    const streams = await Promise.all(Array.from({ length: streamCount }, () => chat.chatStream(long)));
    await Promise.all(
      streams.map(async ({ wire }) => {
        for await (const { data } of wire.events) if (/"content":"[^"]/.test(data)) break;
      }),
    );
    const restart = await traffic.fault('model server killed', async () => {
      await model.kill();
      return () => model.restart();
    });
    for (const { wire } of streams) {
      const { record, error } = await wire.done();
      expect(error, 'transport error of the stream, which should end cleanly').toBeNull();
      const data = record.events.map((event) => event.data);
      expect(data).not.toContain('[DONE]');
      expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({
        error: { type: 'server_error', code: 'model_bad_response', message: expect.stringContaining('model') },
      });
    }
    const ids = streams.map(({ wire }) => wire.headers['x-request-id']);
    const failed = { purpose: 'chat', status: 'failed:model_bad_response', completion_tokens: null };
    await expect
      .poll(() => query(platform.urls.owner, recordedCallsSql, [ids]))
      .toEqual(Array(streamCount).fill(failed));
    await traffic.waitForSample('503 answer', ({ kind, status }) => kind === 'refused' && status === 503);

    await restart();
    await traffic.waitForRecovery({ within: 20_000 });
    const results = await traffic.stop();
    expect(results.before.outcomes).toEqual({ ok: results.before.samples.length });
    // The chat that was being answered at the kill gets a 502 instead.
    for (const error of Object.keys(results.during().errors))
      expect(['503 model_unavailable', '502 model_bad_response']).toContain(error);
    expect((await (await chat.chatStream(chatRequest(modelId))).wire.done()).record.events.at(-1)?.data).toBe('[DONE]');
    await waitForQuiescence({ on: target, databases: [platform] });
  },
);
