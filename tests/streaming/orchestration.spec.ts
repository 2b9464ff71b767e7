import {
  chatRequest,
  expect,
  isReference,
  needs,
  openaiStreamRules,
  orchestratedChatRequest,
  orchestrationOf,
  requirement,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

test.describe('orchestrated streams', needs('orchestration', 'orchestration.streaming'), () => {
  for (const mode of ['single', 'critique'])
    test(
      `an orchestrated stream in mode ${mode} is an OpenAI stream and joins to the plain answer`,
      requirement('STREAM-08', 'STREAM-18', 'ORCH-05'),
      async ({ chat, modelId }) => {
        const request = orchestratedChatRequest(modelId, { mode });
        const plain = (await chat.chat(request)).body;
        const stream = await chat.chatStream({ ...request, stream_options: { include_usage: true } });
        const chunks = await stream.collect();
        await expect(stream).toBeConformantStream({ ...openaiStreamRules, expectations: { usage: true } });
        expect(textOf(chunks)).toBe(plain.choices[0]?.message.content);
        expect(chunks.at(-1)?.usage).toEqual(plain.usage);
        const report = orchestrationOf(chunks.at(-2) ?? {});
        expect(report.models_used).toEqual(orchestrationOf(plain).models_used);
        const comments = stream.wire.record.comments.map(({ text }) => text.trim());
        expect(comments[0], 'first comment, which should announce the first step').toMatch(/^draft by /);
      },
    );

  test(
    'an orchestrated stream sends heartbeat comments while its models are silent, then ends cleanly',
    requirement('STREAM-18', needs('scripted model', 'settings.heartbeat')),
    async ({ scripted }) => {
      const enoughHeartbeats = Promise.withResolvers<void>();
      scripted.play(async (generation) => {
        await generation.chunk({ role: 'assistant', content: '' });
        await enoughHeartbeats.promise;
        await generation.chunk({ content: 'OK' });
        await generation.finish();
      });
      const stream = await scripted.chat.chatStream(orchestratedChatRequest(scripted.model));
      const told = isReference ? /working/ : /(?:)/;
      const heartbeats = () => stream.wire.record.comments.filter(({ text }) => told.test(text)).length;
      await expect.poll(heartbeats).toBeGreaterThan(2);
      enoughHeartbeats.resolve();
      expect(textOf(await stream.collect())).toBe('OK');
      await expect(stream).toBeConformantStream(openaiStreamRules);
    },
  );

  test(
    'an orchestrated stream whose model breaks off ends with an error event',
    requirement('STREAM-12', needs('scripted model')),
    async ({ scripted }) => {
      scripted.play(async (generation) => {
        await generation.chunk({ role: 'assistant', content: '' });
        generation.end();
      });
      const { wire } = await scripted.chat.chatStream(orchestratedChatRequest(scripted.model));
      await wire.done();
      expect(JSON.parse(wire.events.at(-1)?.data ?? '')).toMatchObject({
        error: isReference ? { code: 'model_bad_response' } : expect.anything(),
      });
      await expect(wire).toBeConformantStream({ ...openaiStreamRules, expectations: { error: true } });
    },
  );

  test(
    'when a client leaves an orchestrated stream, its model call ends as abandoned, not as failed',
    requirement('STREAM-14', needs('scripted model', 'breaker.metrics')),
    async ({ scripted, watchMetrics }) => {
      const metrics = await watchMetrics(scripted.operations);
      const callDropped = Promise.withResolvers<void>();
      scripted.play(async (generation) => {
        generation.left.addEventListener('abort', () => callDropped.resolve());
        await generation.chunk({ role: 'assistant', content: '' });
        await callDropped.promise;
      });
      const stream = await scripted.chat.chatStream(orchestratedChatRequest(scripted.model));
      await expect.poll(() => metrics.increase('model_backend_in_flight')).toBe(1);
      stream.wire.leave();
      await callDropped.promise;
      await expect.poll(() => metrics.increase('model_backend_in_flight')).toBe(0);
      // The model timeout would have ended the call as well, but later and as a failure of the model.
      const ended = (outcome: string) => metrics.increase('model_backend_requests_total', { outcome });
      expect(
        { abandoned: await ended('abandoned'), failed: await ended('failed') },
        'outcomes of the model call',
      ).toEqual({
        abandoned: 1,
        failed: 0,
      });
    },
  );
});

test(
  'a chat stream sends heartbeat comments while its model is silent',
  requirement('STREAM-18', needs('chat.streaming', 'scripted model', 'settings.heartbeat')),
  async ({ scripted }) => {
    const enoughHeartbeats = Promise.withResolvers<void>();
    scripted.play(async (generation) => {
      await generation.chunk({ role: 'assistant', content: '' });
      await enoughHeartbeats.promise;
      await generation.chunk({ content: 'at last' });
      await generation.finish();
    });
    const stream = await scripted.chat.chatStream(chatRequest(scripted.model));
    await expect.poll(() => stream.wire.record.comments.length).toBeGreaterThan(3);
    enoughHeartbeats.resolve();
    expect(textOf(await stream.collect())).toBe('at last');
    await expect(stream).toBeConformantStream(openaiStreamRules);
  },
);
