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
import {
  disconnectTogether,
  endedRequests,
  expectBelow,
  expectNextAnswer,
  leaveBeforePlainAnswers,
  milliseconds,
  readTokens,
  tokensGenerated,
  watchGrowth,
} from './disconnects.measure.ts';

// All tests share one worker, because it boots servers that no other test uses.
test.describe.configure({ mode: 'default' });

/** Tokens that a client requests before it disconnects. */
const requestedTokens = 1_800;

/** A server that notices a disconnect in time generates fewer tokens than this. */
const tooManyTokens = 720;

/** Length of an answer that is generated to its end, which must be short enough for a slow model. */
const fullAnswerTokens = 800;

/** Clients that request a plain answer: many, because some servers look for their client only once a second. */
const plainClients = 12;

/** Some servers have not yet checked for their client within this time. */
const tooSoonMs = 1_500;

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`clients that disconnect from the ${server}`, { ...details, ...undisturbed }, () => {
    test.use({ streamsOf: server });

    for (const [when, tokens] of [
      ['right after the headers', 0],
      ['after the first token', 1],
      ['after 20 tokens', 20],
    ] as const)
      test(
        `a client that disconnects from the ${server} ${when} stops the generation`,
        requirement('STREAM-14'),
        async ({ undisturbedService, longAnswers, modelId }, testInfo) => {
          const failedCalls = () =>
            undisturbedService.gauges[0].value('model_backend_requests_total', { outcome: 'failed' });
          const failedBefore = await failedCalls();
          const generated = await inTime(() =>
            tokensGenerated(undisturbedService, async () => {
              const stream = await undisturbedService.chat.chatStream(longAnswers(requestedTokens));
              await readTokens(stream, tokens);
              stream.wire.leave();
            }),
          );
          expectBelow(tooManyTokens, generated, 'tokens generated for a client that has disconnected', testInfo);
          expect(await failedCalls(), 'calls counted as failures of the model server: a disconnect is none').toBe(
            failedBefore,
          );
          await expectNextAnswer(undisturbedService, modelId);
        },
      );

    test(
      `clients that disconnect from the ${server} before their plain answers stop the generation`,
      requirement('STREAM-14'),
      async ({ undisturbedService, longAnswers, modelId, config }, testInfo) => {
        const { value, lateMs } = await inTime(async () => {
          const before = await undisturbedService.generated();
          const departure = await leaveBeforePlainAnswers(
            undisturbedService,
            longAnswers(requestedTokens),
            plainClients,
          );
          return { ...departure, generated: ((await undisturbedService.generated()) ?? 0) - (before ?? 0) };
        });
        const { disconnected, idleMs, generated } = value;
        const total = disconnected * requestedTokens;
        skipAsInconclusive(
          testInfo,
          config.TARGET_URL !== undefined && generated >= total && idleMs < tooSoonMs,
          `all ${total} tokens were there ${idleMs} ms after the clients left: too soon to tell if the server would stop`,
        );
        // An attached server may look for its clients only once a second, and generate half of the tokens meanwhile.
        // Our server may generate no more than the tokens of one client.
        const limit = config.TARGET_URL === undefined ? total / 10 : total / 2;
        const message = `tokens generated for ${disconnected} disconnected clients that each requested ${requestedTokens}`;
        expectBelow(limit, { value: generated, lateMs }, message, testInfo);
        await expectNextAnswer(undisturbedService, modelId);
      },
    );

    test(
      `a client that disconnects from the ${server} just before the end of a stream does no harm`,
      requirement('STREAM-14'),
      async ({ undisturbedService, modelId }) => {
        const stream = await undisturbedService.chat.chatStream(simple(modelId));
        for await (const { choices } of stream) if (choices[0]?.finish_reason) break;
        stream.wire.leave();
        await undisturbedService.idle();
        await expectNextAnswer(undisturbedService, modelId);
      },
    );

    test(
      `after a client half-closes its connection, the ${server} serves the rest or stops the generation`,
      requirement('STREAM-14'),
      async ({ undisturbedService, longAnswers, rawChat, modelId }, testInfo) => {
        let served = false;
        const generated = await inTime(() =>
          tokensGenerated(undisturbedService, async () => {
            const connection = await rawChat(
              { ...longAnswers(requestedTokens), stream: true },
              { http: undisturbedService.http },
            );
            await connection.until('"content":"');
            connection.halfClose();
            await connection.closed();
            served = connection.received().includes('data: [DONE]');
          }),
        );
        testInfo.annotations.push({
          type: 'half-closed',
          description: served ? 'served to the end' : 'generation stopped',
        });
        const message = 'tokens generated for a client that was not served to the end';
        if (!served) expectBelow(tooManyTokens, generated, message, testInfo);
        await expectNextAnswer(undisturbedService, modelId);
      },
    );

    test(
      `16 clients that disconnect from the ${server} together do not delay the next answer`,
      requirement('STREAM-15'),
      async ({ undisturbedService, longAnswers, modelId }, testInfo) => {
        const request = longAnswers(fullAnswerTokens);
        const fullAnswerMs = await milliseconds(async () =>
          (await undisturbedService.chat.chatStream(request)).collect(),
        );
        const nextMs = await inTime(async () => {
          const leaving = new AbortController();
          const opening = Array.from({ length: 16 }, () =>
            undisturbedService.chat.chatStream(request, { signal: leaving.signal }),
          );
          // Some servers send headers with the first token, and so only to as many clients as they have slots.
          await Promise.any(opening);
          leaving.abort();
          await Promise.allSettled(opening);
          // If the server generated even one of the 16 answers to its end, the next answer would take longer than that.
          return milliseconds(() => undisturbedService.chat.chat(simple(modelId)));
        });
        const message = `ms for a short answer after 16 clients disconnected; one of their answers alone takes ${Math.round(fullAnswerMs)} ms`;
        expectBelow(fullAnswerMs, nextMs, message, testInfo);
      },
    );

    test(
      `after 100 clients disconnect from the ${server}, no sockets stay open and memory has not grown`,
      requirement('STREAM-15'),
      async ({ undisturbedService, longAnswers, modelId }) => {
        const request = longAnswers(requestedTokens);
        await disconnectTogether(undisturbedService, request, 20);
        await undisturbedService.idle();
        const openSockets = await watchGrowth(undisturbedService, 'process_open_fds');
        const memory = await watchGrowth(undisturbedService, 'process_resident_memory_bytes');
        for (const clients of [20, 20, 20, 20, 20]) await disconnectTogether(undisturbedService, request, clients);
        await undisturbedService.idle();
        await expect
          .poll(async () => Math.max(...(await openSockets())), { message: 'sockets left open' })
          .toBeLessThan(10);
        expect(Math.max(...(await memory())), 'growth of memory in bytes over 100 disconnects').toBeLessThan(64e6);
        expect(textOf(await (await undisturbedService.chat.chatStream(simple(modelId))).collect())).not.toBe('');
      },
    );
  });

test(
  'a client that disconnects is counted as abandoned by the target and as cancelled by the model server',
  requirement('STREAM-14', needs('started target')),
  async ({ undisturbedService, longAnswers, modelId }, testInfo) => {
    const disconnects = () => endedRequests(undisturbedService, { target: 'abandoned', modelServer: 'cancelled' });
    for (let n = 1; n <= 3; n++) {
      const { value: counted, lateMs } = await inTime(async () => {
        const [before, all] = [await disconnects(), await endedRequests(undisturbedService)];
        const stream = await undisturbedService.chat.chatStream(longAnswers(requestedTokens));
        await readTokens(stream, 1);
        stream.wire.leave();
        await expect
          .poll(() => endedRequests(undisturbedService), 'requests that have ended, whatever their outcome')
          .toEqual({ target: all.target + 1, modelServer: all.modelServer + 1 });
        const after = await disconnects();
        return { target: after.target - before.target, modelServer: after.modelServer - before.modelServer };
      });
      skipAsInconclusive(testInfo, lateMs > 0 && (counted.target === 0 || counted.modelServer === 0), leftLate(lateMs));
      expect(counted, 'requests counted as abandoned (target) and cancelled (model server)').toEqual({
        target: 1,
        modelServer: 1,
      });
    }
    const before = await disconnects();
    await (await undisturbedService.chat.chatStream(simple(modelId))).collect();
    expect(await disconnects(), 'disconnects counted after a client that read its stream to the end').toEqual(before);
  },
);
