import {
  expect,
  isReference,
  type Link,
  latency,
  needs,
  notRight,
  type RequirementId,
  requirement,
  reset_peer,
  faultTest as test,
  timeout,
} from '../../fixtures/index.ts';

const mayMiss = { mayMiss: true };

/** What can befall a server that a service depends on, whatever the service knows of it. */
const faults: readonly [what: string, set: (link: Link) => Promise<{ remove(): Promise<void> }>][] = [
  ['refuses connections', (link) => link.down(mayMiss)],
  ['is silent', (link) => link.add(timeout({ timeout: 0, stream: 'both' }), mayMiss)],
  ['resets connections', (link) => link.add(reset_peer(), mayMiss)],
  ['answers 300 ms late', (link) => link.add(latency({ latency: 300 }), mayMiss)],
];

/** How long a request may wait while something fails, and how long the service may need when it works again. */
const limits = { answerMs: 15_000, recoverMs: 20_000 };
/** A service that hangs makes every wait its longest; the test then ends with what it saw, not with its own limit. */
test.describe.configure({ timeout: 150_000 });

const traffic = { users: 4, pauseMs: 25, timeoutMs: limits.answerMs, watch: false } as const;

/** What a service shows by it that the requirements say of every service. */
function shownBy(role: string, what: string): RequirementId[] {
  if (role === 'postgres') return ['RES-03'];
  if (role === 'vectors') return ['RES-05'];
  if (role === 'cache') return ['RES-01', 'RES-02'];
  return what === 'is silent' ? ['RES-06', 'RES-08'] : ['RES-06'];
}

// The reference service has specs of its own for each of them, which know more of it.
for (const role of isReference ? [] : (['postgres', 'mysql', 'model', 'vectors', 'cache'] as const))
  test.describe(`outages of ${role}`, needs('own traffic', 'links'), () => {
    for (const [what, set] of faults)
      test(
        `while ${role} ${what}, each request gets its right answer or an error in time, and afterwards the service recovers without a restart`,
        requirement('OWN-03', ...shownBy(role, what)),
        async ({ links, linkedTarget, ownTraffic, steadyTraffic }, testInfo) => {
          const all = role === 'model' ? links.models : [links[role]];
          const bytes = async () =>
            (await Promise.all(all.map((link) => link.traffic()))).reduce((sum, traffic) => sum + traffic.bytes, 0);
          const passedBefore = await bytes();
          const requests = await steadyTraffic(ownTraffic.send, {
            ...traffic,
            on: linkedTarget,
            title: `while ${role} ${what}`,
          });
          await requests.waitForRequests(3 * ownTraffic.requests.length);
          expect(notRight(requests.samples), 'requests before the fault that are not answered rightly').toEqual([]);
          const passed = (await bytes()) - passedBefore;
          testInfo.skip(passed === 0, `no request of the description reaches ${role}: add an endpoint that does`);

          const heal = await requests.fault(`${role} ${what}`, async () => {
            const toxics = await Promise.all(all.map(set));
            return async () => void (await Promise.all(toxics.map((toxic) => toxic.remove())));
          });
          await requests.waitForRequests(4 * ownTraffic.requests.length, 2 * limits.answerMs);
          await heal();
          await requests.waitForRecovery({ within: limits.recoverMs });
          const results = await requests.stop();
          expect(notRight(results.all.samples, ['refused']), 'requests without an answer, and wrong answers').toEqual(
            [],
          );
        },
      );
  });
