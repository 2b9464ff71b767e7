import {
  chatRequest,
  delayReason,
  exclusive,
  expect,
  needs,
  repeatIfDelayed,
  requirement,
  skipAsInconclusive,
  faultTest as test,
  textOf,
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
  ['model server', needs('model server')],
] as const)
  test.describe(`clients that disconnect from the ${server}`, { ...details, ...exclusive }, () => {
    test.use({ streamsOf: server });

    for (const [when, tokens] of [
      ['right after the headers', 0],
      ['after the first token', 1],
      ['after 20 tokens', 20],
    ] as const)
      test(
        `a client that disconnects from the ${server} ${when} stops the generation`,
        requirement('STREAM-14'),
        async ({ exclusiveService, longAnswers, modelId }, testInfo) => {
          const failedCalls = () =>
            exclusiveService.gauges[0].value('model_backend_requests_total', { outcome: 'failed' });
          const failedBefore = await failedCalls();
          const generated = await repeatIfDelayed(() =>
            tokensGenerated(exclusiveService, async () => {
              const stream = await exclusiveService.chat.chatStream(longAnswers(requestedTokens));
              await readTokens(stream, tokens);
              stream.wire.leave();
            }),
          );
          expectBelow(tooManyTokens, generated, 'tokens generated for a client that has disconnected', testInfo);
          expect(await failedCalls(), 'calls counted as failures of the model server: a disconnect is none').toBe(
            failedBefore,
          );
          await expectNextAnswer(exclusiveService, modelId);
        },
      );

    test(
      `clients that disconnect from the ${server} before their plain answers stop the generation`,
      requirement('STREAM-14'),
      async ({ exclusiveService, longAnswers, modelId, config }, testInfo) => {
        const { value, lateMs } = await repeatIfDelayed(async () => {
          const before = await exclusiveService.generated();
          const departure = await leaveBeforePlainAnswers(exclusiveService, longAnswers(requestedTokens), plainClients);
          return { ...departure, generated: ((await exclusiveService.generated()) ?? 0) - (before ?? 0) };
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
        await expectNextAnswer(exclusiveService, modelId);
      },
    );

    test(
      `a client that disconnects from the ${server} just before the end of a stream does no harm`,
      requirement('STREAM-14'),
      async ({ exclusiveService, modelId }) => {
        const stream = await exclusiveService.chat.chatStream(chatRequest(modelId));
        for await (const { choices } of stream) if (choices[0]?.finish_reason) break;
        stream.wire.leave();
        await exclusiveService.idle();
        await expectNextAnswer(exclusiveService, modelId);
      },
    );

    test(
      `after a client half-closes its connection, the ${server} serves the rest or stops the generation`,
      requirement('STREAM-14'),
      async ({ exclusiveService, longAnswers, rawChat, modelId }, testInfo) => {
        let served = false;
        const generated = await repeatIfDelayed(() =>
          tokensGenerated(exclusiveService, async () => {
            const connection = await rawChat(
              { ...longAnswers(requestedTokens), stream: true },
              { http: exclusiveService.http },
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
        await expectNextAnswer(exclusiveService, modelId);
      },
    );

    test(
      `16 clients that disconnect from the ${server} together do not delay the next answer`,
      requirement('STREAM-15'),
      async ({ exclusiveService, longAnswers, modelId }, testInfo) => {
        const request = longAnswers(fullAnswerTokens);
        const fullAnswerMs = await milliseconds(async () =>
          (await exclusiveService.chat.chatStream(request)).collect(),
        );
        const nextMs = await repeatIfDelayed(async () => {
          const leaving = new AbortController();
          const opening = Array.from({ length: 16 }, () =>
            exclusiveService.chat.chatStream(request, { signal: leaving.signal }),
          );
          // Some servers send headers with the first token, and so only to as many clients as they have slots.
          await Promise.any(opening);
          leaving.abort();
          await Promise.allSettled(opening);
          // If the server generated even one of the 16 answers to its end, the next answer would take longer than that.
          return milliseconds(() => exclusiveService.chat.chat(chatRequest(modelId)));
        });
        const message = `ms for a short answer after 16 clients disconnected; one of their answers alone takes ${Math.round(fullAnswerMs)} ms`;
        expectBelow(fullAnswerMs, nextMs, message, testInfo);
      },
    );

    test(
      `after 100 clients disconnect from the ${server}, no sockets stay open and memory has not grown`,
      requirement('STREAM-15'),
      async ({ exclusiveService, longAnswers, modelId }) => {
        const request = longAnswers(requestedTokens);
        await disconnectTogether(exclusiveService, request, 20);
        await exclusiveService.idle();
        const openSockets = await watchGrowth(exclusiveService, 'process_open_fds');
        const memory = await watchGrowth(exclusiveService, 'process_resident_memory_bytes');
        for (const clients of [20, 20, 20, 20, 20]) await disconnectTogether(exclusiveService, request, clients);
        await exclusiveService.idle();
        await expect
          .poll(async () => Math.max(...(await openSockets())), { message: 'sockets left open' })
          .toBeLessThan(10);
        expect(Math.max(...(await memory())), 'growth of memory in bytes over 100 disconnects').toBeLessThan(64e6);
        expect(textOf(await (await exclusiveService.chat.chatStream(chatRequest(modelId))).collect())).not.toBe('');
      },
    );
  });

test(
  'a client that disconnects is counted as abandoned by the target and as cancelled by the model server',
  requirement('STREAM-14', needs('started target')),
  async ({ exclusiveService, longAnswers, modelId }, testInfo) => {
    const disconnects = () => endedRequests(exclusiveService, { target: 'abandoned', modelServer: 'cancelled' });
    for (let n = 1; n <= 3; n++) {
      const { value: counted, lateMs } = await repeatIfDelayed(async () => {
        const [before, all] = [await disconnects(), await endedRequests(exclusiveService)];
        const stream = await exclusiveService.chat.chatStream(longAnswers(requestedTokens));
        await readTokens(stream, 1);
        stream.wire.leave();
        await expect
          .poll(() => endedRequests(exclusiveService), 'requests that have ended, whatever their outcome')
          .toEqual({ target: all.target + 1, modelServer: all.modelServer + 1 });
        const after = await disconnects();
        return { target: after.target - before.target, modelServer: after.modelServer - before.modelServer };
      });
      skipAsInconclusive(
        testInfo,
        lateMs > 0 && (counted.target === 0 || counted.modelServer === 0),
        delayReason(lateMs),
      );
      expect(counted, 'requests counted as abandoned (target) and cancelled (model server)').toEqual({
        target: 1,
        modelServer: 1,
      });
    }
    const before = await disconnects();
    await (await exclusiveService.chat.chatStream(chatRequest(modelId))).collect();
    expect(await disconnects(), 'disconnects counted after a client that read its stream to the end').toEqual(before);
  },
);
