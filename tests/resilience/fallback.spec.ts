import {
  expect,
  isReference,
  type Link,
  needs,
  notRight,
  requirement,
  reset_peer,
  faultTest as test,
  timeout,
} from '../../fixtures/index.ts';

const limits = { answerMs: 15_000, recoverMs: 20_000 };
test.describe.configure({ timeout: 150_000 });

/** Nobody waits for a second model server that is not asked while the first one answers. */
const mayMiss = { mayMiss: true };
const faults: readonly [what: string, set: (link: Link) => Promise<{ remove(): Promise<void> }>][] = [
  ['refuses connections', (link) => link.down(mayMiss)],
  ['is silent', (link) => link.add(timeout({ timeout: 0, stream: 'both' }), mayMiss)],
  ['resets connections', (link) => link.add(reset_peer(), mayMiss)],
];

const traffic = { users: 2, pauseMs: 25, timeoutMs: limits.answerMs, watch: false } as const;

test.describe('two model servers', needs('own traffic', 'links', 'second model'), () => {
  // The reference service has specs of its own for its backends, which know more of it.
  for (const which of isReference ? [] : ([0, 1] as const))
    for (const [what, set] of faults)
      test(
        `while the ${which === 0 ? 'first' : 'second'} of two model servers ${what}, the other answers each request rightly`,
        requirement('OWN-03'),
        async ({ links, linkedTarget, ownTraffic, steadyTraffic }, testInfo) => {
          const link = links.models[which] as Link;
          const before = await Promise.all(links.models.map((each) => each.traffic()));
          const requests = await steadyTraffic(ownTraffic.send, {
            ...traffic,
            on: linkedTarget,
            title: `while model server ${which + 1} of 2 ${what}`,
          });
          await requests.waitForRequests(2 * ownTraffic.requests.length);
          const after = await Promise.all(links.models.map((each) => each.traffic()));
          testInfo.skip(
            after.every(({ bytes }, at) => bytes === before[at]?.bytes),
            'no request of the description reaches a model server: add an endpoint that does',
          );
          const heal = await requests.fault(`model server ${which + 1} ${what}`, async () => {
            const toxic = await set(link);
            return () => toxic.remove();
          });
          await requests.waitForRequests(3 * ownTraffic.requests.length, 2 * limits.answerMs);
          await heal();
          await requests.waitForRecovery({ within: limits.recoverMs });
          const { all } = await requests.stop();
          expect(
            notRight(all.samples),
            'requests that were not answered rightly, although one model server worked',
          ).toEqual([]);
        },
      );
});
