import { chatRequest, expect, isReference, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const recordedCallsSql = `SELECT purpose, status, completion_tokens FROM inferences
  WHERE request_id = ANY ($1) ORDER BY started_at`;
const streamCount = 3;

test(
  'a model server killed in mid-stream ends all streams as broken ones and, once restarted, serves again',
  requirement('RES-07', needs('chat', 'chat.streaming', 'scripted model', 'process control')),
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
    const model = await startOwnModel({ models: [modelId], slots: 4 });
    // Health probes are off: with them, chance would decide whether a call still reaches the killed server.
    const turned = {
      ...(settings.has('breaker reset') && { 'breaker reset': settings.atLeast('breaker reset', 300) }),
      ...(settings.has('model probe interval') && { 'model probe interval': 0 }),
    };
    const target = await startOwnTarget({ databases: 'fresh', model, settings: turned });
    const { chat } = modelClientsFor(clientsFor(target).http);
    const long = chatRequest(modelId, 'Count from 1 to 2000.', { max_tokens: 800, ignore_eos: true });
    const traffic = await steadyTraffic(
      async (http) => {
        const answer = await sendChat({ json: chatRequest(modelId, undefined, { max_tokens: 2 }) }, 'POST', http);
        if (answer.kind !== 'plain') throw new Error('A plain chat was answered with a stream.');
        return answer;
      },
      {
        ...{ on: target, users: 1, pauseMs: 50, timeoutMs: 20_000, title: 'chats while the model server is killed' },
        ...(isReference ? {} : { watch: false }),
      },
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
      const data = record.events.map((event) => event.data);
      expect(data, 'events of a stream whose model server was killed: no end as of a whole one').not.toContain(
        '[DONE]',
      );
      if (!isReference) continue;
      expect(error, 'transport error of the stream, which should end cleanly').toBeNull();
      expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({
        error: { type: 'server_error', code: 'model_bad_response', message: expect.stringContaining('model') },
      });
    }
    if (isReference) {
      const ids = streams.map(({ wire }) => wire.headers['x-request-id']);
      const failed = { purpose: 'chat', status: 'failed:model_bad_response', completion_tokens: null };
      const platform = target.databases['platform']?.urls.owner ?? '';
      await expect.poll(() => query(platform, recordedCallsSql, [ids])).toEqual(Array(streamCount).fill(failed));
    }
    await traffic.waitForSample(
      'refusal by the service',
      ({ kind, status = 0 }) => kind === 'refused' && status >= 500,
    );

    await restart();
    await traffic.waitForRecovery({ within: 60_000 });
    const results = await traffic.stop();
    expect(results.before.outcomes).toEqual({ ok: results.before.samples.length });
    expect(results.during().outcomes.hung, 'chats that hung while there was no model server').toBeUndefined();
    // The chat that was being answered at the kill gets a 502 instead.
    for (const error of Object.keys(results.during().errors))
      if (isReference) expect(['503 model_unavailable', '502 model_bad_response']).toContain(error);
      else expect(error, 'what chats are told while there is no model server').toMatch(/^5\d\d|lost/);
    expect((await (await chat.chatStream(chatRequest(modelId))).wire.done()).record.events.at(-1)?.data).toBe('[DONE]');
    await waitForQuiescence({ on: target, databases: Object.values(target.databases) });
  },
);
