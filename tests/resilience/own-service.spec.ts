import {
  expect,
  isReference,
  type Link,
  needs,
  notRight,
  rawConnection,
  requirement,
  reset_peer,
  faultTest as test,
  timeout,
} from '../../fixtures/index.ts';

test.describe.configure({ timeout: 150_000 });

const mayMiss = { mayMiss: true };
const flaps: readonly ((link: Link) => Promise<{ remove(): Promise<void> }>)[] = [
  (link) => link.down(mayMiss),
  (link) => link.add(reset_peer(), mayMiss),
  (link) => link.add(timeout({ timeout: 0, stream: 'both' }), mayMiss),
];
const traffic = { users: 3, pauseMs: 25, timeoutMs: 20_000, watch: false } as const;

// The reference service has specs of its own for each of these, which know more of it.
if (!isReference)
  test.describe('a service under strain', needs('own traffic'), () => {
    test(
      'while its dependencies fail in turn, no request gets a wrong answer or none, and the service recovers without a restart',
      requirement('RES-18', 'OWN-03', needs('links')),
      async ({ links, linkedTarget, ownTraffic, steadyTraffic, profile }, testInfo) => {
        const requests = await steadyTraffic(ownTraffic.send, { ...traffic, on: linkedTarget, title: 'flapping' });
        await requests.waitForRequests(3 * ownTraffic.requests.length);
        expect(notRight(requests.samples), 'requests before the faults that are not answered rightly').toEqual([]);
        const injected = JSON.stringify(profile.description.start ?? {});
        const used: Link[] = [];
        for (const role of ['postgres', 'model', 'vectors', 'cache'] as const)
          if (injected.includes(`{${role}.`) && (await links[role].traffic()).bytes > 0) used.push(links[role]);
        testInfo.skip(
          used.length === 0,
          'no request of the description reaches a dependency: add an endpoint that does',
        );
        const heal = await requests.fault('dependencies fail in turn', () => undefined);
        for (const set of flaps)
          for (const link of used) {
            const toxic = await set(link);
            await requests.waitForRequests(2, 40_000);
            await toxic.remove();
            await requests.waitForRequests(2, 40_000);
          }
        await heal();
        await requests.waitForRecovery({ within: 20_000 });
        const { all } = await requests.stop();
        expect(notRight(all.samples, ['refused']), 'requests without an answer, and wrong answers').toEqual([]);
      },
    );

    test(
      'forty callers at once each get the right answer or an error in time, and afterwards one alone is served',
      requirement('RES-21', 'PERF-16'),
      async ({ target, ownTraffic, steadyTraffic }) => {
        const crowd = await steadyTraffic(ownTraffic.send, {
          ...traffic,
          users: 40,
          on: target,
          title: 'forty callers',
        });
        await crowd.waitForRequests(160, 90_000);
        const { all } = await crowd.stop();
        expect(notRight(all.samples, ['refused']), 'requests without an answer, and wrong answers').toEqual([]);
        const alone = await steadyTraffic(ownTraffic.send, { ...traffic, users: 1, on: target, title: 'one caller' });
        await alone.waitForRequests(2 * ownTraffic.requests.length);
        expect(notRight((await alone.stop()).all.samples), 'requests after the crowd').toEqual([]);
      },
    );

    test(
      'callers who send half a request, or headers without end, keep nobody else from an answer',
      requirement('RES-22', 'SEC-04'),
      async ({ target, ownTraffic, steadyTraffic }) => {
        const requests = await steadyTraffic(ownTraffic.send, { ...traffic, on: target, title: 'slow callers' });
        await requests.waitForRequests(ownTraffic.requests.length);
        using open = new DisposableStack();
        const { host } = new URL(target.url);
        const head = `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`;
        const heal = await requests.fault('forty slow callers', () => () => open.dispose());
        for (let caller = 0; caller < 40; caller++) {
          const connection = open.use(await rawConnection(target.url));
          connection.write(caller % 2 === 0 ? head : `${head}content-length: 100000\r\n\r\n{`);
          const trickle = setInterval(() => connection.write(caller % 2 === 0 ? 'x-and: one\r\n' : ' '), 100);
          open.defer(() => clearInterval(trickle));
        }
        using large = await rawConnection(target.url);
        large.write(`${head}x-filler: ${'x'.repeat(1_000_000)}\r\n\r\n`);
        await large.closed();
        expect(large.received().split('\r\n')[0] ?? '', 'what a request with headers of 1 MB gets').toMatch(
          /^$|^HTTP\/1\.[01] 4\d\d/,
        );
        // Those who were served before keep their connections; a new caller needs one.
        const newcomers = await steadyTraffic(ownTraffic.send, { ...traffic, on: target, title: 'new callers' });
        await newcomers.waitForRequests(2 * ownTraffic.requests.length);
        const later = (await newcomers.stop()).all.samples;
        await heal();
        await requests.waitForRecovery({ within: 10_000 });
        const { all } = await requests.stop();
        expect(notRight([...all.samples, ...later]), 'requests beside the slow callers').toEqual([]);
      },
    );
  });
