import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const [greedy, modest] = ['greedy-caller-of-this-test-01', 'modest-caller-of-this-test-02'];
const windowMs = 1_000;
const most = 5;
const env = { RATE_LIMIT_MAX: String(most), RATE_LIMIT_WINDOW_SECONDS: '1', API_KEYS: `${greedy},${modest}` };

test('who asks far too often gets the share of each window and no more, costs the model nothing besides, and disturbs nobody', {
  ...requirement('RES-09', needs('chat', 'started target')),
  tag: '@slow',
}, async ({ startUpstream, startOwnTarget, freshDatabase, clientsOf, steady, modelId }) => {
  const upstream = await startUpstream();
  const platform = (await freshDatabase('platform')).urls.owner;
  const target = await startOwnTarget({
    platform,
    model: upstream,
    env: { ...env, BACKEND_HEALTH_INTERVAL_MS: '0' },
  });
  const passed = upstream.passed();
  const json = { model: modelId, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 1 };
  const seen: { remaining: number; limit: string | undefined; after: number }[] = [];
  const refusedAfter: number[] = [];
  let chats = 0;
  const traffic = await steady(
    async ({ http, n, signal }) => {
      // Mostly what is answered at once, so that the asking never stops for the model's sake.
      const chat = n % 4 === 0;
      const answer = chat
        ? await http.request('POST', '/v1/chat/completions', { json, signal })
        : await http.request('GET', '/api/v1/sql/databases', { signal });
      const { headers, status } = answer;
      if (chat && status === 200) chats += 1;
      if (status === 429) refusedAfter.push(Number(headers['retry-after']));
      else {
        const after = Number(headers['ratelimit-reset']);
        seen.push({ remaining: Number(headers['ratelimit-remaining']), limit: headers['ratelimit-limit'], after });
      }
      return answer;
    },
    { on: target, title: 'a greedy caller', headers: { 'x-api-key': greedy }, users: 4, pauseMs: 20, watch: false },
  );
  const other = await steady(({ http }) => http.request('GET', '/api/v1/sql/databases'), {
    on: target,
    title: 'a modest caller',
    headers: { 'x-api-key': modest },
    users: 1,
    // Four in a window at the very most.
    pauseMs: windowMs / 4,
    watch: false,
  });
  const windows = () => seen.filter(({ remaining }) => remaining === most - 1).length;
  // Three windows begin anew, although there is never a pause in the asking.
  await expect.poll(windows, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  const { all } = await traffic.stop();
  const others = (await other.stop()).all;

  for (const error of Object.keys(all.errors)) expect(error).toMatch(/^429 rate_limit/);
  const ok = all.outcomes.ok ?? 0;
  expect(ok, 'no more than the share of each window').toBeLessThanOrEqual(windows() * most);
  expect(all.outcomes.refused, 'and far more was asked').toBeGreaterThan(ok);
  expect(upstream.passed() - passed, 'calls that the model got').toBe(chats);
  expect(chats).toBeGreaterThan(0);
  for (const { limit, remaining, after } of seen) {
    expect(limit).toBe(String(most));
    expect(remaining).toBeLessThan(most);
    expect([0, 1]).toContain(after);
  }
  expect(new Set(refusedAfter)).toEqual(new Set([1]));
  expect(others.outcomes, 'the modest caller').toEqual({ ok: others.samples.length });
  expect(others.samples.length).toBeGreaterThanOrEqual(4);

  // Nobody was counted who was refused: after the window, all of it is there again.
  const { http } = clientsOf(target);
  const headers = { 'x-api-key': greedy };
  const ask = async () => {
    const { status, headers: told } = await http.request('GET', '/api/v1/sql/databases', { headers });
    return [status, told['ratelimit-remaining']];
  };
  await expect.poll(ask, { timeout: 10_000 }).toEqual([200, String(most - 1)]);
});

test(
  'whoever waits as long as they were told is let in, and nobody is before',
  requirement('RES-09', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsOf }) => {
    const { http } = clientsOf(await startOwnTarget({ env: { RATE_LIMIT_MAX: '1', RATE_LIMIT_WINDOW_SECONDS: '1' } }));
    const ask = () => http.request('GET', '/api/v1/sql/databases');
    const began = performance.now();
    expect((await ask()).status).toBe(200);
    const answered = performance.now();
    let refused = 0;
    let told = 0;
    let last = await ask();
    while (last.status === 429) {
      refused += 1;
      told = performance.now() + Number(last.headers['retry-after']) * 1_000;
      last = await ask();
    }
    const letIn = performance.now();
    expect(last.status).toBe(200);
    expect(letIn - began, 'the window was over').toBeGreaterThanOrEqual(windowMs - 5);
    // A stall of this machine may outlast the window: then nobody was refused.
    if (answered - began < windowMs / 2) expect(refused, 'refused meanwhile').toBeGreaterThan(0);
    if (refused > 0) expect(last.exchange.stamps.queued, 'before the time told was over').toBeLessThanOrEqual(told);
  },
);
