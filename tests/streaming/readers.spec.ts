import {
  chatRequest,
  chatRules,
  chunkEvent,
  expect,
  needs,
  requirement,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`slow readers of the ${server}`, details, () => {
    test.use({ streamsOf: server });

    test(
      `readers of the ${server} that pause delay nobody else and get the whole text once they resume`,
      requirement('STREAM-16'),
      async ({ chat, longAnswers, modelId }) => {
        const wholeText = textOf(await (await chat.chatStream(longAnswers(200))).collect());
        const timeShortStream = async () => {
          const started = performance.now();
          await (await chat.chatStream(chatRequest(modelId))).collect();
          return performance.now() - started;
        };
        const alone = [await timeShortStream(), await timeShortStream(), await timeShortStream()];
        const paused = await Promise.all([1, 2, 3].map(() => chat.chatStream(longAnswers(200))));
        for (const { wire } of paused) wire.pause();
        const besidePaused = [await timeShortStream(), await timeShortStream(), await timeShortStream()];
        // Best of three: a busy machine delays some streams, but a server that waits for its slowest reader delays all.
        const [best, usual] = [Math.min(...besidePaused), Math.max(...alone)];
        expect(
          best,
          `ms for a short stream beside three paused readers; alone it took up to ${Math.round(usual)} ms`,
        ).toBeLessThan(5 * usual + 100);
        for (const stream of paused) {
          stream.wire.resume();
          expect(textOf(await stream.collect())).toBe(wholeText);
          await expect(stream).toBeConformantStream(chatRules());
        }
      },
    );

    test(
      `a reader of the ${server} that is slower than the model gets the same text`,
      requirement('STREAM-16'),
      async ({ chat, longAnswers, modelId }) => {
        const wholeText = textOf(await (await chat.chatStream(longAnswers(200))).collect());
        const slow = await chat.chatStream(longAnswers(200));
        // The reader pauses five times, each time for as long as another whole stream takes.
        for (let n = 0; n < 5; n++) {
          slow.wire.pause();
          await (await chat.chatStream(chatRequest(modelId))).collect();
          slow.wire.resume();
          await new Promise(setImmediate);
        }
        expect(textOf(await slow.collect())).toBe(wholeText);
      },
    );
  });

test.describe('back-pressure on the model', () => {
  /** Far more than all the buffers between model and reader hold. */
  const [pieces, length] = [1_000, 50_000];

  test(
    'for a stalled reader the target buffers little, holds the model back, and serves others meanwhile',
    requirement('STREAM-16', needs('chat.streaming', 'scripted model')),
    async ({ scripted }) => {
      let written = 0;
      const event = chunkEvent({ content: 'x'.repeat(length) });
      scripted.play(async (generation) => {
        await generation.chunk({ role: 'assistant', content: '' });
        if (generation.call.body?.['max_tokens'] !== 64)
          for (let n = 0; n < pieces; n++) {
            await generation.write(event);
            written = n + 1;
          }
        await generation.finish();
      });
      const { wire } = await scripted.chat.chatStream(chatRequest(scripted.model, 'much', { max_tokens: 1_000 }));
      wire.pause();
      let last = -1;
      let unchanged = 0;
      const checksWithoutWrite = (): number => {
        unchanged = written > 0 && written === last ? unchanged + 1 : 0;
        last = written;
        return unchanged;
      };
      // Half a second without a byte; on a busy machine a shorter pause may be chance.
      await expect
        .poll(checksWithoutWrite, {
          message: 'checks in a row in which the model could write nothing',
          intervals: [100],
          timeout: 7_000,
        })
        .toBeGreaterThan(5);
      expect(
        (written * length) / 1e6,
        'megabytes that the model could write although the reader takes nothing',
      ).toBeLessThan((pieces * length) / 2e6);
      await expect(await scripted.chat.chatStream(chatRequest(scripted.model))).toBeConformantStream(chatRules());
      expect(
        written,
        'events that the model could write while another stream was served: it should still be held back',
      ).toBeLessThan(pieces);

      wire.resume();
      const { error, record } = await wire.done();
      expect(error).toBeNull();
      expect(record.events.filter(({ data }) => data.length > length)).toHaveLength(pieces);
      expect(record.events.at(-1)?.data).toBe('[DONE]');
    },
  );

  test(
    'a model that its reader holds back for longer than the model timeout is not counted as failed',
    requirement('STREAM-16', needs('chat.streaming', 'scripted model', 'breaker.metrics')),
    async ({ scripted, watchMetrics }) => {
      const metrics = await watchMetrics(scripted.operations);
      const event = chunkEvent({ content: 'x'.repeat(length) });
      scripted.play(async (generation) => {
        for (let n = 0; n < pieces; n++) await generation.write(event);
        await generation.finish();
      });
      const { wire } = await scripted.chat.chatStream(chatRequest(scripted.model));
      wire.pause();
      // One and a half times the model timeout, which the fixture `scripted` sets to 1.5 s.
      const resumeAt = performance.now() + 2_250;
      await expect.poll(() => performance.now() > resumeAt, { intervals: [100] }).toBe(true);
      wire.resume();
      const { error, record } = await wire.done();
      expect([error, record.events.at(-1)?.data]).toEqual([null, '[DONE]']);
      expect(await metrics.increase('model_backend_requests_total', { outcome: 'failed' })).toBe(0);
    },
  );

  test('a reader that takes nothing for too long is cut off, and its model call counts as abandoned', {
    ...requirement('STREAM-16', needs('started target')),
    tag: '@slow',
  }, async ({ scripted, watchMetrics }) => {
    const metrics = await watchMetrics(scripted.operations);
    const event = chunkEvent({ content: 'x'.repeat(length) });
    const callDropped = Promise.withResolvers<void>();
    scripted.play(async (generation) => {
      generation.left.addEventListener('abort', () => callDropped.resolve());
      for (let n = 0; n < pieces; n++) await generation.write(event);
      await generation.finish();
    });
    const { wire } = await scripted.chat.chatStream(chatRequest(scripted.model));
    wire.pause();
    // After SSE_READER_TIMEOUT_MS, which the fixture `scripted` sets to 8 s.
    await callDropped.promise;
    await expect.poll(() => metrics.increase('model_backend_requests_total', { outcome: 'abandoned' })).toBe(1);
    expect(await metrics.increase('model_backend_requests_total', { outcome: 'failed' })).toBe(0);
    expect(await metrics.increase('model_backend_in_flight')).toBe(0);
    wire.resume();
    expect((await wire.done()).error?.kind).toBe('cut');
  });
});
