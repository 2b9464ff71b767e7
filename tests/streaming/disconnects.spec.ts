import {
  expect,
  inTime,
  leftLate,
  needs,
  requirement,
  simple,
  skipAsInconclusive,
  faultTest as test,
  textOf,
  undisturbed,
} from '../../fixtures/index.ts';

// One worker for all of them: it boots servers that nobody else asks.
test.describe.configure({ mode: 'default' });

/** Asked for by those who leave. */
const asked = 1_800;

/** Nobody who leaves in time makes a server generate as many. */
const tooMany = 720;

/** Asked for by who stays to the end, which a slow model must come to, too. */
const whole = 800;

/** Who ask for a plain answer and leave together. */
const leavers = 12;

/** Within this long of a reader's leaving, not every server has looked. */
const tooSoonMs = 1_500;

type Answers = (
  request: ReturnType<typeof simple>,
) => Promise<{ body: { choices: { finish_reason?: string | null | undefined }[] } }>;

// Not a hook: that would boot what a skipped test did not.
const nextIsAnswered = async ({ chat }: { chat: { chat: Answers } }, modelId: string): Promise<void> => {
  const { body } = await chat.chat(simple(modelId));
  expect(body.choices[0]?.finish_reason, 'the next one is answered').toBe('stop');
};

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`a client of the ${door} that leaves`, { ...details, ...undisturbed }, () => {
    test.use({ door });

    for (const [when, tokens] of [
      ['right after the headers', 0],
      ['after the first token', 1],
      ['in the middle', 20],
    ] as const)
      test(
        `${when} stops the generation`,
        requirement('STREAM-14'),
        async ({ quiet, longAnswers, modelId }, testInfo) => {
          const failures = () => quiet.gauges[0].value('model_backend_requests_total', { outcome: 'failed' });
          const failed = await failures();
          const { value: generated, lateMs } = await inTime(async () => {
            const before = await quiet.generated();
            const stream = await quiet.chat.chatStream(longAnswers(asked));
            let seen = 0;
            if (tokens > 0)
              for await (const { choices } of stream) if (choices[0]?.delta.content && ++seen === tokens) break;
            stream.wire.leave();
            await quiet.idle();
            return ((await quiet.generated()) ?? 0) - (before ?? 0);
          });
          skipAsInconclusive(testInfo, lateMs > 0 && generated >= tooMany, leftLate(lateMs));
          expect(generated, 'tokens generated for who has gone').toBeLessThan(tooMany);
          expect(await failures(), 'calls booked as a failure of the model server: who left is none').toBe(failed);
          await nextIsAnswered(quiet, modelId);
        },
      );

    test(
      'before a plain answer stops the generation',
      requirement('STREAM-14'),
      async ({ quiet, longAnswers, modelId, config }, testInfo) => {
        const { value, lateMs } = await inTime(async () => {
          const before = await quiet.generated();
          const leaving = new AbortController();
          let ended = 0;
          // Many, because some servers look once a second whether anybody is there, and a small model has said much by then.
          const answers = Array.from({ length: leavers }, () =>
            quiet.chat
              .chat(longAnswers(asked), { signal: leaving.signal })
              .catch((error: Error) => error)
              .finally(() => {
                // Not every server takes as many at once, and a reader that was held up may find some answered.
                if (!leaving.signal.aborted) ended++;
              }),
          );
          // Where nobody tells who is at work, they may leave before they were read; that, too, must do no harm.
          const fewest = async () =>
            Math.min(
              ...(await Promise.all(quiet.gauges.map((each) => each.inFlight()))).map((count) => count ?? leavers),
            );
          await expect
            .poll(async () => (await fewest()) + ended, { intervals: [1, 2, 5] })
            .toBeGreaterThanOrEqual(leavers);
          leaving.abort();
          const left = performance.now();
          const gone = (await Promise.all(answers)).filter((answer) => 'kind' in answer && answer.kind === 'aborted');
          expect(gone, 'who left').toHaveLength(leavers - ended);
          expect(gone, 'who left').not.toHaveLength(0);
          await quiet.idle();
          const ms = Math.round(performance.now() - left);
          return { ms, left: gone.length, generated: ((await quiet.generated()) ?? 0) - (before ?? 0) };
        });
        const { ms, left, generated } = value;
        const total = left * asked;
        skipAsInconclusive(
          testInfo,
          config.TARGET_URL !== undefined && generated >= total && ms < tooSoonMs,
          `all ${total} tokens were there within ${ms} ms after their readers had left: too soon to tell whether they would have been stopped`,
        );
        // Of somebody else's server half, which looks once a second perhaps; of ours no more than one or two had asked for.
        const most = config.TARGET_URL === undefined ? total / 10 : total / 2;
        skipAsInconclusive(testInfo, lateMs > 0 && generated >= most, leftLate(lateMs));
        expect(generated, `tokens for ${left} who left, each asked for ${asked}`).toBeLessThan(most);
        await nextIsAnswered(quiet, modelId);
      },
    );

    test('just before the end does no harm', requirement('STREAM-14'), async ({ quiet, modelId }) => {
      const stream = await quiet.chat.chatStream(simple(modelId));
      for await (const { choices } of stream) if (choices[0]?.finish_reason) break;
      stream.wire.leave();
      await quiet.idle();
      await nextIsAnswered(quiet, modelId);
    });

    test(
      'by closing its half of the connection gets the rest or is let go, and holds nothing',
      requirement('STREAM-14'),
      async ({ quiet, longAnswers, rawChat, modelId }, testInfo) => {
        const { value, lateMs } = await inTime(async () => {
          const before = await quiet.generated();
          const connection = await rawChat({ ...longAnswers(asked), stream: true }, { http: quiet.http });
          await connection.until('"content":"');
          connection.halfClose();
          await connection.closed();
          await quiet.idle();
          const served = connection.received().includes('data: [DONE]');
          return { served, generated: ((await quiet.generated()) ?? 0) - (before ?? 0) };
        });
        const { served, generated } = value;
        testInfo.annotations.push({ type: 'half-closed', description: served ? 'served to the end' : 'let go' });
        skipAsInconclusive(testInfo, lateMs > 0 && !served && generated >= tooMany, leftLate(lateMs));
        if (!served) expect(generated, 'tokens generated for who was let go').toBeLessThan(tooMany);
        await nextIsAnswered(quiet, modelId);
      },
    );

    test(
      'with many others holds up nobody who stays',
      requirement('STREAM-15'),
      async ({ quiet, longAnswers, modelId }, testInfo) => {
        const clock = async (task: () => Promise<unknown>): Promise<number> => {
          const started = performance.now();
          await task();
          return performance.now() - started;
        };
        const wholeMs = await clock(async () => (await quiet.chat.chatStream(longAnswers(whole))).collect());
        const { value: nextMs, lateMs } = await inTime(async () => {
          const leaving = new AbortController();
          const opening = Array.from({ length: 16 }, () =>
            quiet.chat.chatStream(longAnswers(whole), { signal: leaving.signal }),
          );
          // Some servers send headers with the first token, and so to as many as they have slots.
          await Promise.any(opening);
          leaving.abort();
          await Promise.allSettled(opening);
          // Were only one of them generated to its end before, the next answer would take longer than one of those alone.
          return clock(() => quiet.chat.chat(simple(modelId)));
        });
        skipAsInconclusive(testInfo, lateMs > 0 && nextMs >= wholeMs, leftLate(lateMs));
        expect(nextMs, `a short answer after 16 left, while one of those takes ${Math.round(wholeMs)} ms`).toBeLessThan(
          wholeMs,
        );
      },
    );

    test(
      'in a storm of a hundred leaves nothing behind',
      requirement('STREAM-15'),
      async ({ quiet, longAnswers, modelId }) => {
        const wave = (n: number) =>
          Promise.all(
            Array.from({ length: n }, async (_, i) => {
              const leaving = new AbortController();
              const request = longAnswers(asked);
              // A third each: before the headers, after them, after some tokens.
              if (i % 3 === 0) {
                const gone = quiet.chat.chatStream(request, { signal: leaving.signal }).catch(() => undefined);
                setImmediate(() => leaving.abort());
                return gone;
              }
              const stream = await quiet.chat.chatStream(request);
              let seen = 0;
              if (i % 3 === 2) for await (const _chunk of stream) if (++seen === 3) break;
              stream.wire.leave();
              return undefined;
            }),
          );
        await wave(20);
        await quiet.idle();
        const open = () => Promise.all(quiet.gauges.map((each) => each.value('process_open_fds')));
        const resident = () => Promise.all(quiet.gauges.map((each) => each.value('process_resident_memory_bytes')));
        const [openBefore, residentBefore] = [await open(), await resident()];
        for (const n of [20, 20, 20, 20, 20]) await wave(n);
        await quiet.idle();
        const grown = async (now: typeof open, before: (number | undefined)[]) =>
          (await now()).map((value, i) => (value ?? 0) - (before[i] ?? 0));
        await expect
          .poll(async () => Math.max(...(await grown(open, openBefore))), { message: 'sockets left open' })
          .toBeLessThan(10);
        expect(Math.max(...(await grown(resident, residentBefore))), 'bytes kept of 100 who left').toBeLessThan(64e6);
        expect(textOf(await (await quiet.chat.chatStream(simple(modelId))).collect())).not.toBe('');
      },
    );
  });

test(
  'who leaves the target is counted as gone, there and at the model server',
  requirement('STREAM-14', needs('started target')),
  async ({ quiet, longAnswers, modelId }, testInfo) => {
    const [ahead, behind] = quiet.gauges;
    const count = async (aheadOf = {}, behindOf = {}) => ({
      ahead: (await ahead.value('model_backend_requests_total', aheadOf)) ?? 0,
      behind: (await behind?.value('model_requests_total', behindOf)) ?? 0,
    });
    const gone = () => count({ outcome: 'abandoned' }, { outcome: 'cancelled' });
    for (let n = 1; n <= 3; n++) {
      const { value: moved, lateMs } = await inTime(async () => {
        const [before, all] = [await gone(), await count()];
        const stream = await quiet.chat.chatStream(longAnswers(asked));
        for await (const { choices } of stream) if (choices[0]?.delta.content) break;
        stream.wire.leave();
        await expect
          .poll(() => count(), 'how it ended is counted, there and at the model server')
          .toEqual({ ahead: all.ahead + 1, behind: all.behind + 1 });
        const now = await gone();
        return { ahead: now.ahead - before.ahead, behind: now.behind - before.behind };
      });
      skipAsInconclusive(testInfo, lateMs > 0 && (moved.ahead === 0 || moved.behind === 0), leftLate(lateMs));
      expect(moved, 'who left is counted as gone').toEqual({ ahead: 1, behind: 1 });
    }
    const counted = await gone();
    await (await quiet.chat.chatStream(simple(modelId))).collect();
    expect(await gone(), 'who stays is not').toEqual(counted);
  },
);
