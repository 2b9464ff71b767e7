import {
  chatPath,
  chatRequest,
  expect,
  latency,
  lies,
  needs,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

test.describe(
  'three model backends',
  needs('breaker', 'breaker.metrics', 'chat', 'metrics', 'scripted model', 'settings.model servers'),
  () => {
    for (const [how, lie, detail] of [
      ['fails its probes', lies.status(500), 'HTTP 500'],
      ['leaves its probes unanswered', lies.silence(), 'no answer in time'],
    ] as const)
      test(`a backend that ${how} gets no traffic until it answers its probes again`, {
        ...requirement('RES-16', needs('settings.model probe interval', 'settings.model probe timeout')),
        tag: how.startsWith('leaves') ? '@slow' : [],
      }, async ({ profile, startUpstream, startOwnTarget, clientsFor, modelClientsFor, steadyTraffic, modelId }) => {
        // Only the probes of backend a will fail; its chats are answered as before.
        const upstreams = { a: await startUpstream(), b: await startUpstream(), c: await startUpstream() };
        const target = await startOwnTarget({
          settings: {
            'model servers': Object.entries(upstreams).map(([id, { url }]) => ({ id, url })),
            'model probe interval': 100,
            'model probe timeout': 1_500,
          },
        });
        const { http, operations } = clientsFor(target);
        const backendA = async () =>
          (await modelClientsFor(http).backends.list()).body.items.find(({ id }) => id === 'a');
        const metric = async () => (await operations.metrics()).body.value('model_backend_healthy', { backend: 'a' });
        const traffic = await steadyTraffic(
          (http) =>
            http.request('POST', chatPath(profile), {
              json: chatRequest(modelId, undefined, { max_tokens: 2 }),
            }),
          { on: target, users: 2, pauseMs: 20, timeoutMs: 20_000, title: `chats while one backend ${how}` },
        );
        await traffic.waitForRequests(8);
        expect(await backendA()).toMatchObject({ healthy: true, detail: null });
        expect((await backendA())?.served).toBeGreaterThan(0);

        const heal = await traffic.fault(
          `backend a ${how}`,
          () => upstreams.a.lie(lie, { path: /models|health|ready/ }).stop,
        );
        await expect.poll(backendA).toMatchObject({ healthy: false, in_flight: 0 });
        expect(await backendA()).toMatchObject({ state: 'closed', detail, checked_at: expect.any(String) });
        expect(await metric()).toBe(0);
        const callsToHealthy = () => upstreams.b.passed() + upstreams.c.passed();
        const [sickBefore, healthyBefore] = [upstreams.a.passed(), callsToHealthy()];
        await traffic.waitForRequests(12);
        expect(upstreams.a.passed(), 'calls to the backend that fails its probes').toBe(sickBefore);
        expect(callsToHealthy() - healthyBefore, 'calls to the other two backends').toBeGreaterThanOrEqual(12);

        await heal();
        await expect.poll(backendA).toMatchObject({ healthy: true, detail: null });
        const served = (await backendA())?.served ?? 0;
        await expect.poll(async () => (await backendA())?.served).toBeGreaterThan(served);
        expect(await metric()).toBe(1);
        const { all } = await traffic.stop();
        expect(all.outcomes, 'outcomes of all requests: none should be refused').toEqual({ ok: all.samples.length });
      });

    test(
      'sequential calls rotate over the backends, concurrent calls share them, a slow backend gets the fewest',
      requirement('RES-17', needs('links', 'breaker.rotation')),
      async ({ profile, startBalancedTarget, steadyTraffic, modelId }) => {
        const { target, chat, links, backends, metric } = await startBalancedTarget();
        const ask = () => chat.chat(chatRequest(modelId, undefined, { max_tokens: 2 }));
        const served = async () => Object.values(await backends()).map((backend) => backend.served);
        const bytes = () => Promise.all(Object.values(links).map(async (link) => (await link.traffic()).bytes));
        for (let call = 0; call < 12; call++) await ask();
        expect(await served()).toEqual([4, 4, 4]);
        for (const backend of ['a', 'b', 'c'])
          expect(await metric('model_backend_requests_total', { backend, outcome: 'ok' })).toBe(4);
        // Besides the service’s own counters, the bytes on the wire show how the calls were shared.
        const sent = await bytes();
        expect(Math.max(...sent)).toBeLessThan(1.25 * Math.min(...sent));

        const traffic = await steadyTraffic(
          (http) =>
            http.request('POST', chatPath(profile), { json: chatRequest(modelId, undefined, { max_tokens: 2 }) }),
          {
            on: target,
            users: 6,
            timeoutMs: 20_000,
            title: 'chats over three backends, one of them slow for a while',
          },
        );
        await traffic.waitForRequests(36);
        // Calls in flight count as well: a slow backend has finished fewer calls, but may have been given as many.
        const assigned = async () => Object.values(await backends()).map(({ served, in_flight }) => served + in_flight);
        const before = await assigned();
        const shared = before.map((count) => count - 4);
        const fair = shared.reduce((sum, count) => sum + count, 0) / 3;
        for (const share of shared)
          expect(share, `calls to one backend, of ${shared.join(', ')} to all three`).toBeGreaterThan(fair / 2);

        const heal = await traffic.fault('backend c answers late', async () => {
          const toxic = await links.c.add(latency({ latency: 3_000 }));
          return () => toxic.remove();
        });
        await traffic.waitForRequests(36);
        const [a = 0, b = 0, c = 0] = (await assigned()).map((count, index) => count - (before[index] ?? 0));
        expect(c, `calls to the slow backend c; a and b got ${a} and ${b}`).toBeLessThan(0.75 * Math.min(a, b));
        await heal();
        await traffic.waitForRecovery({ within: 20_000 });
        const { all } = await traffic.stop();
        expect(all.outcomes).toEqual({ ok: all.samples.length });
      },
    );
  },
);
