import { expect, isReference, lies, needs, notRight, requirement, faultTest as test } from '../../fixtures/index.ts';

/** How long a request may wait while the model server misbehaves, and how long the service may need afterwards. */
const limits = { answerMs: 20_000, recoverMs: 20_000 };

/** A service that hangs makes every wait its longest; the test then ends with what it saw, not with its own limit. */
test.describe.configure({ timeout: 180_000 });

/** What a model server does wrong, and whether a service that has begun to pass its answer on can only cut it. */
const misbehaviour = [
  ['answers 429', lies.status(429), 'whole'],
  ['answers 500', lies.status(500), 'whole'],
  ['answers 503 with Retry-After', lies.status(503, { retryAfter: 2 }), 'whole'],
  ['sends HTML with a 502', lies.html(502), 'whole'],
  ['resets the connection of each call', lies.reset(), 'whole'],
  ['sends nothing', lies.silence(), 'whole'],
  ['cuts its answer in half', lies.cutAfter(1), 'cut'],
  ['sends less than its Content-Length', lies.wrongLength(50), 'cut'],
] as const;

test.describe('a model server that misbehaves', needs('own traffic', 'scripted model'), () => {
  // The reference service has specs of its own for each of them (model-lies), which know more of it.
  for (const [what, lie, how] of isReference ? [] : misbehaviour)
    test(
      `when its model server ${what}, a service answers each request rightly or with an error, and recovers without a restart`,
      requirement('RES-06', 'OWN-03'),
      async ({ ownLyingModel: { target, upstream }, ownTraffic, steadyTraffic }, testInfo) => {
        const count = ownTraffic.requests.length;
        const traffic = await steadyTraffic(ownTraffic.send, {
          ...{ users: 2, pauseMs: 25, timeoutMs: limits.answerMs, watch: false, on: target },
          title: `while the model server ${what}`,
        });
        await traffic.waitForRequests(2 * count);
        expect(notRight(traffic.samples, []), 'requests before the fault that are not answered rightly').toEqual([]);
        testInfo.skip(
          upstream.calls.length === 0,
          'no request of the description reaches the model: add an endpoint or a question that does',
        );
        const heal = await traffic.fault(`the model server ${what}`, () => {
          const set = upstream.lie(lie);
          return () => set.stop();
        });
        await traffic.waitForRequests(3 * count, 3 * limits.answerMs);
        await heal();
        await traffic.waitForRecovery({ within: limits.recoverMs });
        const { all } = await traffic.stop();
        const allowed = how === 'cut' ? ['refused', 'lost'] : ['refused'];
        expect(notRight(all.samples, allowed), 'requests without an answer, and wrong answers').toEqual([]);
      },
    );
});
