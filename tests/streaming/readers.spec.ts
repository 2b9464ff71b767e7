import {
  chatRules,
  chunkEvent,
  expect,
  needs,
  requirement,
  simple,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`readers of the ${door}`, details, () => {
    test.use({ door });

    test(
      'who stop reading hold up nobody, and get everything when they go on',
      requirement('STREAM-16'),
      async ({ talk, longAnswers, modelId }) => {
        const whole = textOf(await (await talk.chatStream(longAnswers(200))).collect());
        const quick = async () => {
          const started = performance.now();
          await (await talk.chatStream(simple(modelId))).collect();
          return performance.now() - started;
        };
        const alone = [await quick(), await quick(), await quick()];
        const stuck = await Promise.all([1, 2, 3].map(() => talk.chatStream(longAnswers(200))));
        for (const { wire } of stuck) wire.pause();
        const beside = [await quick(), await quick(), await quick()];
        // The best of three each: a busy machine delays some, a server that waits for its slowest reader delays all.
        const [best, usual] = [Math.min(...beside), Math.max(...alone)];
        expect(best, `beside three stuck readers; alone it took up to ${Math.round(usual)} ms`).toBeLessThan(
          5 * usual + 100,
        );
        for (const stream of stuck) {
          stream.wire.resume();
          expect(textOf(await stream.collect())).toBe(whole);
          await expect(stream).toBeConformantStream(chatRules());
        }
      },
    );

    test(
      'slower than the writer get the same text',
      requirement('STREAM-16'),
      async ({ talk, longAnswers, modelId }) => {
        const whole = textOf(await (await talk.chatStream(longAnswers(200))).collect());
        const slow = await talk.chatStream(longAnswers(200));
        // As slow as it takes others to come and go, five times.
        for (let n = 0; n < 5; n++) {
          slow.wire.pause();
          await (await talk.chatStream(simple(modelId))).collect();
          slow.wire.resume();
          await new Promise(setImmediate);
        }
        expect(textOf(await slow.collect())).toBe(whole);
      },
    );
  });

test.describe('a model that says more than its reader takes', needs('started target'), () => {
  /** Far more than all buffers on the way hold. */
  const [pieces, length] = [1_000, 50_000];

  test(
    'is held back: the target keeps little of it, and serves others meanwhile',
    requirement('STREAM-16'),
    async ({ scripted }) => {
      let written = 0;
      const event = chunkEvent({ content: 'x'.repeat(length) });
      scripted.play(async (stage) => {
        await stage.chunk({ role: 'assistant', content: '' });
        if (stage.body['max_tokens'] !== 64)
          for (let n = 0; n < pieces; n++) {
            await stage.write(event);
            written = n + 1;
          }
        await stage.finish();
      });
      const { wire } = await scripted.chat.chatStream(simple('scripted', 'much', { max_tokens: 1_000 }));
      wire.pause();
      let last = -1;
      let still = 0;
      const stillFor = (): number => {
        still = written > 0 && written === last ? still + 1 : 0;
        last = written;
        return still;
      };
      // Half a second without a byte: on a busy machine less may be chance.
      await expect
        .poll(stillFor, { message: 'the model is held back in the end', intervals: [100], timeout: 7_000 })
        .toBeGreaterThan(5);
      expect((written * length) / 1e6, 'megabytes written for who reads nothing').toBeLessThan((pieces * length) / 2e6);
      await expect(await scripted.chat.chatStream(simple('scripted'))).toBeConformantStream(chatRules());
      expect(written, 'still held back').toBeLessThan(pieces);

      wire.resume();
      const { error, record } = await wire.done();
      expect(error).toBeNull();
      expect(record.events.filter(({ data }) => data.length > length)).toHaveLength(pieces);
      expect(record.events.at(-1)?.data).toBe('[DONE]');
    },
  );

  test(
    'and waits for its reader longer than the model may take is not called slow for it',
    requirement('STREAM-16'),
    async ({ scripted, meter }) => {
      const meters = await meter(scripted.operations);
      const event = chunkEvent({ content: 'x'.repeat(length) });
      scripted.play(async (stage) => {
        for (let n = 0; n < pieces; n++) await stage.write(event);
        await stage.finish();
      });
      const { wire } = await scripted.chat.chatStream(simple('scripted'));
      wire.pause();
      // The time that is given to models (1.5 s, see the fixture), and half as much again.
      const due = performance.now() + 2_250;
      await expect.poll(() => performance.now() > due, { intervals: [100] }).toBe(true);
      wire.resume();
      const { error, record } = await wire.done();
      expect([error, record.events.at(-1)?.data]).toEqual([null, '[DONE]']);
      expect(await meters.moved('model_backend_requests_total', { outcome: 'failed' })).toBe(0);
    },
  );

  test('is cut off from a reader that takes nothing for too long, which is the reader’s doing', {
    ...requirement('STREAM-16'),
    tag: '@slow',
  }, async ({ scripted, meter }) => {
    const meters = await meter(scripted.operations);
    const event = chunkEvent({ content: 'x'.repeat(length) });
    const left = Promise.withResolvers<void>();
    scripted.play(async (stage) => {
      stage.left.addEventListener('abort', () => left.resolve());
      for (let n = 0; n < pieces; n++) await stage.write(event);
      await stage.finish();
    });
    const { wire } = await scripted.chat.chatStream(simple('scripted'));
    wire.pause();
    // SSE_READER_TIMEOUT_MS, which the fixture sets to 8 s.
    await left.promise;
    await expect.poll(() => meters.moved('model_backend_requests_total', { outcome: 'abandoned' })).toBe(1);
    expect(await meters.moved('model_backend_requests_total', { outcome: 'failed' })).toBe(0);
    expect(await meters.moved('model_backend_in_flight')).toBe(0);
    wire.resume();
    expect((await wire.done()).error?.kind).toBe('cut');
  });
});
