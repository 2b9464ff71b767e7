import {
  chatPath,
  chatRequest,
  expect,
  needs,
  requirement,
  reset_peer,
  faultTest as test,
  timeout,
} from '../../fixtures/index.ts';

const breakerVolume = 4;

const details = needs('breaker', 'breaker.metrics', 'chat', 'metrics', 'scripted model', 'settings.model servers');

test.describe('circuit breakers of three model backends', details, () => {
  test(
    'a failing backend opens its breaker after exactly the configured failures, and callers notice nothing',
    requirement(
      'RES-12',
      'RES-13',
      'RES-15',
      needs('settings.breaker volume', 'settings.breaker window', 'settings.breaker reset'),
    ),
    async ({ startBalancedTarget, modelId }) => {
      const settings = { 'breaker volume': breakerVolume, 'breaker window': 60_000, 'breaker reset': 600_000 };
      const { chat, links, backends, metric } = await startBalancedTarget(settings);
      const ask = () => chat.chat(chatRequest(modelId, undefined, { max_tokens: 2 }));
      const toxic = await links.a.add(reset_peer());
      let asked = 0;
      for (let failures = 0; failures < breakerVolume; asked++) {
        expect((await backends()).a).toMatchObject({ state: 'closed', failed: failures });
        await ask();
        failures = (await backends()).a.failed;
      }
      const { a } = await backends();
      expect(a).toMatchObject({ state: 'open', failed: breakerVolume, served: 0, in_flight: 0 });
      expect(a['retry_after_ms']).toBeGreaterThan(0);

      const [{ connections }, during] = [await links.a.traffic(), 9];
      for (let call = 0; call < during; call++) await ask();
      expect(
        (await links.a.traffic()).connections,
        'connections to backend a: its open breaker should let no call through',
      ).toBe(connections);
      const now = await backends();
      expect(now.a).toMatchObject({ state: 'open', failed: breakerVolume });
      expect(now.b.served + now.c.served, 'calls answered by backends b and c: every caller should be answered').toBe(
        asked + during,
      );
      for (const [name, labels, value] of [
        ['state', { state: 'open' }, 1],
        ['state', { state: 'closed' }, 0],
        ['state', { state: 'half-open' }, 0],
        ['transitions_total', { to: 'open' }, 1],
        ['requests_total', { outcome: 'failed' }, breakerVolume],
      ] as const)
        expect(
          await metric(`model_backend_${name}`, { backend: 'a', ...labels }),
          `model_backend_${name} ${JSON.stringify(labels)} of backend a`,
        ).toBe(value);
      expect(await metric('model_backend_state', { state: 'closed' })).toBe(2);
      await toxic.remove();
    },
  );

  test(
    'when all backends fall silent, callers get a fast 503, and half-open breakers try a single call each',
    requirement(
      'RES-13',
      'RES-14',
      'RES-15',
      needs('settings.breaker volume', 'settings.breaker error percent', 'settings.breaker reset'),
      needs('settings.model timeout'),
    ),
    async ({ profile, startBalancedTarget, modelId, waitForRecovery }) => {
      const settings = {
        'breaker volume': 1,
        'breaker error percent': 0,
        'breaker reset': 1_000,
        'model timeout': 1_000,
      };
      const { http, links, backends, states, metric } = await startBalancedTarget(settings);
      const ask = async () => {
        const began = performance.now();
        const json = chatRequest(modelId, undefined, { max_tokens: 1 });
        const { status, headers, text } = await http.request('POST', chatPath(profile), { json });
        return { status, text, retryAfter: Number(headers['retry-after']), ms: performance.now() - began };
      };
      const askAtOnce = (callers: number) => Promise.all(Array.from({ length: callers }, ask));
      const all = Object.values(links);
      const opened = () => metric('model_backend_transitions_total', { to: 'open' });
      // A backend that was slow to start may have opened its breaker already.
      await waitForRecovery(
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
      for (const { status, text, retryAfter } of refused) {
        expect([status, retryAfter], 'status and Retry-After of a refused call').toEqual([503, 1]);
        expect(JSON.parse(text).error).toMatchObject({
          code: 'model_unavailable',
          message: expect.stringMatching(/open/),
        });
      }
      const fastest = Math.min(...waited.map(({ ms }) => ms));
      expect(
        Math.max(...refused.map(({ ms }) => ms)),
        'ms until the slowest refusal; calls that timed out took longer',
      ).toBeLessThan(fastest / 2);
      expect((await opened()) - before).toBe(3);

      await expect.poll(states).toEqual(['half-open', 'half-open', 'half-open']);
      const failed = async () => Object.values(await backends()).map((backend) => backend.failed);
      const failures = await failed();
      const concurrent = await askAtOnce(9);
      expect(
        concurrent.map(({ status }) => status).sort(),
        'statuses of nine concurrent calls: each half-open breaker should let one call through',
      ).toEqual([...Array(6).fill(503), 504, 504, 504]);
      expect(await failed()).toEqual(failures.map((count) => count + 1));
      expect(
        (await opened()) - before,
        'times that breakers have opened: the failed trial calls should open all three again',
      ).toBe(6);

      await Promise.all(silence.map((toxic) => toxic.remove()));
      const closed = await metric('model_backend_transitions_total', { to: 'closed' });
      await waitForRecovery(
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
    'nobody is refused while the breaker of a failing backend opens, half-opens and closes under load',
    requirement(
      'RES-12',
      'RES-14',
      'RES-15',
      needs('settings.breaker volume', 'settings.breaker error percent', 'settings.breaker reset'),
    ),
    async ({ profile, startBalancedTarget, steadyTraffic, modelId }) => {
      const settings = { 'breaker volume': 2, 'breaker error percent': 0, 'breaker reset': 300 };
      const { target, links, backends, metric } = await startBalancedTarget(settings);
      const traffic = await steadyTraffic(
        (http) => http.request('POST', chatPath(profile), { json: chatRequest(modelId, undefined, { max_tokens: 2 }) }),
        {
          on: target,
          users: 3,
          pauseMs: 20,
          timeoutMs: 20_000,
          watchMs: 100,
          title: 'chats while one of three backends fails',
        },
      );
      await traffic.waitForRequests(9);
      const served = (await backends()).a.served;
      expect(served).toBeGreaterThan(0);

      const transitions = (to: string) => metric('model_backend_transitions_total', { backend: 'a', to });
      const heal = await traffic.fault('backend a resets', async () => {
        const toxic = await links.a.add(reset_peer());
        return () => toxic.remove();
      });
      // Each time the breaker is half-open, one call tries the backend, fails, and opens the breaker again.
      await expect.poll(() => transitions('open')).toBeGreaterThan(2);
      await heal();
      await traffic.waitForRecovery({ within: 20_000 });
      await expect.poll(async () => (await backends()).a.state).toBe('closed');
      await expect.poll(async () => (await backends()).a.served).toBeGreaterThan(served);
      const results = await traffic.stop();

      expect(await transitions('half-open'), 'times that the breaker half-opened: as often as it opened').toBe(
        await transitions('open'),
      );
      expect(await transitions('closed')).toBe(1);
      expect(results.all.outcomes).toEqual({ ok: results.all.samples.length });
    },
  );
});
