import { expect, needs, requirement, reset_peer, simple, faultTest as test, timeout } from '../../fixtures/index.ts';

const volume = 4;

test.describe('of three backends', needs('breaker', 'chat', 'metrics', 'started target'), () => {
  test(
    'one fails: its breaker opens after exactly the configured failures, it gets no more calls, and callers notice nothing',
    requirement('RES-12', 'RES-13', 'RES-15'),
    async ({ startBalanced, modelId }) => {
      const env = { BREAKER_VOLUME: String(volume), BREAKER_WINDOW_MS: '60000', BREAKER_RESET_MS: '600000' };
      const { chat, links, backends, metric } = await startBalanced(env);
      const ask = () => chat.chat(simple(modelId, undefined, { max_tokens: 2 }));
      const toxic = await links.a.add(reset_peer());
      let asked = 0;
      for (let failures = 0; failures < volume; asked++) {
        expect((await backends()).a).toMatchObject({ state: 'closed', failed: failures });
        await ask();
        failures = (await backends()).a.failed;
      }
      const { a } = await backends();
      expect(a).toMatchObject({ state: 'open', failed: volume, served: 0, in_flight: 0 });
      expect(a['retry_after_ms']).toBeGreaterThan(0);

      const [{ connections }, during] = [await links.a.traffic(), 9];
      for (let call = 0; call < during; call++) await ask();
      expect((await links.a.traffic()).connections, 'an open breaker lets no connection through').toBe(connections);
      const now = await backends();
      expect(now.a).toMatchObject({ state: 'open', failed: volume });
      expect(now.b.served + now.c.served, 'every caller was answered').toBe(asked + during);
      for (const [name, labels, value] of [
        ['state', { state: 'open' }, 1],
        ['state', { state: 'closed' }, 0],
        ['state', { state: 'half-open' }, 0],
        ['transitions_total', { to: 'open' }, 1],
        ['requests_total', { outcome: 'failed' }, volume],
      ] as const)
        expect(await metric(`model_backend_${name}`, { backend: 'a', ...labels }), JSON.stringify(labels)).toBe(value);
      expect(await metric('model_backend_state', { state: 'closed' })).toBe(2);
      await toxic.remove();
    },
  );

  test(
    'all fall silent: callers wait once, then get a 503 at once; half-open, each takes one call alone, which opens or closes it',
    requirement('RES-13', 'RES-14', 'RES-15'),
    async ({ startBalanced, modelId, recovers }) => {
      const env = {
        BREAKER_VOLUME: '1',
        BREAKER_ERROR_PERCENT: '0',
        BREAKER_RESET_MS: '1000',
        MODEL_TIMEOUT_MS: '1000',
      };
      const { http, links, backends, states, metric } = await startBalanced(env);
      const ask = async () => {
        const began = performance.now();
        const json = simple(modelId, undefined, { max_tokens: 1 });
        const { status, headers, text } = await http.request('POST', '/v1/chat/completions', { json });
        return { status, text, again: Number(headers['retry-after']), ms: performance.now() - began };
      };
      const askAtOnce = (callers: number) => Promise.all(Array.from({ length: callers }, ask));
      const all = Object.values(links);
      const opened = () => metric('model_backend_transitions_total', { to: 'open' });
      // One that was slow to begin may have opened a breaker by now.
      await recovers(
        'steady state',
        async () => {
          const answers = await askAtOnce(3);
          expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
          expect(await states()).toEqual(['closed', 'closed', 'closed']);
        },
        { within: 20_000 },
      );
      const before = await opened();

      const silence = await Promise.all(all.map((link) => link.add(timeout({ timeout: 0 }))));
      const waited = await askAtOnce(3);
      expect(waited.map(({ status }) => status)).toEqual([504, 504, 504]);
      const refused = await askAtOnce(6);
      for (const { status, text, again } of refused) {
        expect([status, again]).toEqual([503, 1]);
        expect(JSON.parse(text).error).toMatchObject({
          code: 'model_unavailable',
          message: expect.stringMatching(/open/),
        });
      }
      const fastest = Math.min(...waited.map(({ ms }) => ms));
      expect(Math.max(...refused.map(({ ms }) => ms)), 'as against those who waited').toBeLessThan(fastest / 2);
      expect((await opened()) - before).toBe(3);

      await expect.poll(states).toEqual(['half-open', 'half-open', 'half-open']);
      const failed = async () => Object.values(await backends()).map((backend) => backend.failed);
      const failures = await failed();
      const tried = await askAtOnce(9);
      expect(tried.map(({ status }) => status).sort(), 'one a backend').toEqual([...Array(6).fill(503), 504, 504, 504]);
      expect(await failed()).toEqual(failures.map((count) => count + 1));
      expect((await opened()) - before, 'open again').toBe(6);

      await Promise.all(silence.map((toxic) => toxic.remove()));
      const closed = await metric('model_backend_transitions_total', { to: 'closed' });
      await recovers(
        'all breakers',
        async () => {
          await ask();
          expect(await states()).toEqual(['closed', 'closed', 'closed']);
        },
        { within: 20_000 },
      );
      expect(await metric('model_backend_transitions_total', { to: 'closed' })).toBe(closed + 3);
      expect((await askAtOnce(6)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    },
  );

  test(
    'one fails under steady load: nobody is refused while its breaker opens, tries again and closes',
    requirement('RES-12', 'RES-14', 'RES-15'),
    async ({ startBalanced, steady, modelId }) => {
      const env = { BREAKER_VOLUME: '2', BREAKER_ERROR_PERCENT: '0', BREAKER_RESET_MS: '300' };
      const { target, links, backends, metric } = await startBalanced(env);
      const traffic = await steady(
        ({ http, signal }) =>
          http.request('POST', '/v1/chat/completions', { json: simple(modelId, undefined, { max_tokens: 2 }), signal }),
        {
          on: target,
          users: 3,
          pauseMs: 20,
          timeoutMs: 20_000,
          watchMs: 100,
          title: 'greetings while one of three backends fails',
        },
      );
      await traffic.more(9);
      const served = (await backends()).a.served;
      expect(served).toBeGreaterThan(0);

      const transitions = (to: string) => metric('model_backend_transitions_total', { backend: 'a', to });
      const heal = await traffic.fault('backend a resets', async () => {
        const toxic = await links.a.add(reset_peer());
        return () => toxic.remove();
      });
      // Each time it is half-open, one call tries it, and that call’s failure opens it again.
      await expect.poll(() => transitions('open')).toBeGreaterThan(2);
      await heal();
      await traffic.recovers({ within: 20_000 });
      await expect.poll(async () => (await backends()).a.state).toBe('closed');
      await expect.poll(async () => (await backends()).a.served).toBeGreaterThan(served);
      const results = await traffic.stop();

      expect(await transitions('half-open'), 'it opened for good only once').toBe(await transitions('open'));
      expect(await transitions('closed')).toBe(1);
      expect(results.all.outcomes).toEqual({ ok: results.all.samples.length });
    },
  );
});
