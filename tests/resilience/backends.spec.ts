import { expect, latency, lies, needs, requirement, simple, faultTest as test } from '../../fixtures/index.ts';

test.describe('of three backends', needs('breaker', 'chat', 'metrics', 'started target'), () => {
  for (const [how, lie, detail] of [
    ['fails its probes', lies.status(500), 'HTTP 500'],
    ['leaves its probes unanswered', lies.silence(), 'no answer in time'],
  ] as const)
    test(`one ${how}: it gets no traffic until it answers them again`, {
      ...requirement('RES-16'),
      tag: how.startsWith('leaves') ? '@slow' : [],
    }, async ({ startUpstream, startOwnTarget, clientsOf, inferenceOn, steady, modelId }) => {
      // Real answers all the same: only whoever looks at the probes can know that it is sick.
      const hops = { a: await startUpstream(), b: await startUpstream(), c: await startUpstream() };
      const target = await startOwnTarget({
        env: {
          MODEL_BACKENDS: JSON.stringify(Object.entries(hops).map(([id, { url }]) => ({ id, url }))),
          BACKEND_HEALTH_INTERVAL_MS: '100',
          BACKEND_HEALTH_TIMEOUT_MS: '1500',
        },
      });
      const { http, operations } = clientsOf(target);
      const backendA = async () => (await inferenceOn(http).backends.list()).body.items.find(({ id }) => id === 'a');
      const metric = async () => (await operations.metrics()).body.value('model_backend_healthy', { backend: 'a' });
      const traffic = await steady(
        ({ http, signal }) =>
          http.request('POST', '/v1/chat/completions', {
            json: simple(modelId, undefined, { max_tokens: 2 }),
            signal,
          }),
        { on: target, users: 2, pauseMs: 20, timeoutMs: 20_000, title: `greetings while one backend ${how}` },
      );
      await traffic.more(8);
      expect(await backendA()).toMatchObject({ healthy: true, detail: null });
      expect((await backendA())?.served).toBeGreaterThan(0);

      const heal = await traffic.fault(`backend a ${how}`, () => hops.a.lie(lie, { path: '/v1/models' }).stop);
      await expect.poll(backendA).toMatchObject({ healthy: false, in_flight: 0 });
      expect(await backendA()).toMatchObject({ state: 'closed', detail, checked_at: expect.any(String) });
      expect(await metric()).toBe(0);
      const [asked, others] = [hops.a.passed(), hops.b.passed() + hops.c.passed()];
      await traffic.more(12);
      expect(hops.a.passed(), 'calls to the sick one').toBe(asked);
      expect(hops.b.passed() + hops.c.passed() - others, 'calls to the others').toBeGreaterThanOrEqual(12);

      await heal();
      await expect.poll(backendA).toMatchObject({ healthy: true, detail: null });
      const served = (await backendA())?.served ?? 0;
      await expect.poll(async () => (await backendA())?.served).toBeGreaterThan(served);
      expect(await metric()).toBe(1);
      const { all } = await traffic.stop();
      expect(all.outcomes, 'nobody was refused').toEqual({ ok: all.samples.length });
    });

  test(
    'callers one after the other go round; at once, all share; a slow one gets the fewest',
    requirement('RES-17'),
    async ({ startBalanced, steady, modelId }) => {
      const { target, chat, links, backends, metric } = await startBalanced();
      const ask = () => chat.chat(simple(modelId, undefined, { max_tokens: 2 }));
      const served = async () => Object.values(await backends()).map((backend) => backend.served);
      const bytes = () => Promise.all(Object.values(links).map(async (link) => (await link.traffic()).bytes));
      for (let call = 0; call < 12; call++) await ask();
      expect(await served()).toEqual([4, 4, 4]);
      for (const backend of ['a', 'b', 'c'])
        expect(await metric('model_backend_requests_total', { backend, outcome: 'ok' })).toBe(4);
      // The service’s own word, and what went over the wire.
      const sent = await bytes();
      expect(Math.max(...sent)).toBeLessThan(1.25 * Math.min(...sent));

      const traffic = await steady(
        ({ http, signal }) =>
          http.request('POST', '/v1/chat/completions', { json: simple(modelId, undefined, { max_tokens: 2 }), signal }),
        {
          on: target,
          users: 6,
          timeoutMs: 20_000,
          title: 'greetings over three backends, one of them slow for a while',
        },
      );
      await traffic.more(36);
      // Under way counts, too: that a slow one has ended fewer says nothing about how many it was given.
      const given = async () => Object.values(await backends()).map(({ served, in_flight }) => served + in_flight);
      const before = await given();
      const shared = before.map((count) => count - 4);
      const fair = shared.reduce((sum, count) => sum + count, 0) / 3;
      for (const share of shared) expect(share, `${shared}`).toBeGreaterThan(fair / 2);

      const heal = await traffic.fault('backend c answers late', async () => {
        const toxic = await links.c.add(latency({ latency: 3_000 }));
        return () => toxic.remove();
      });
      await traffic.more(36);
      const [a = 0, b = 0, c = 0] = (await given()).map((count, index) => count - (before[index] ?? 0));
      expect(c, `${[a, b, c]}`).toBeLessThan(0.75 * Math.min(a, b));
      await heal();
      await traffic.recovers({ within: 20_000 });
      const { all } = await traffic.stop();
      expect(all.outcomes).toEqual({ ok: all.samples.length });
    },
  );
});
