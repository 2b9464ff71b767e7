import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const [greedy, modest] = ['greedy-caller-of-this-test-01', 'modest-caller-of-this-test-02'];
const windowMs = 1_000;
const limitPerWindow = 5;
const limited = { 'rate limit': limitPerWindow, 'rate limit window': 1_000, 'api keys': [greedy, modest] };

test('a caller far over its rate limit gets only its share of each window and disturbs neither model nor others', {
  ...requirement(
    'RES-09',
    needs('chat', 'limits', 'limits.callers', 'ordinary request', 'scripted model'),
    needs('settings.rate limit', 'settings.rate limit window', 'settings.api keys'),
  ),
  tag: '@slow',
}, async ({
  startUpstream,
  startOwnTarget,
  clientsFor,
  steadyTraffic,
  ordinaryRequest,
  settings,
  profile,
  modelId,
}) => {
  const upstream = await startUpstream();
  const target = await startOwnTarget({
    databases: 'fresh',
    model: upstream,
    // Probes are calls, too.
    settings: { ...limited, ...(settings.has('model probe interval') && { 'model probe interval': 0 }) },
  });
  const callsBefore = upstream.passed();
  const json = { model: modelId, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 1 };
  const allowed: { remaining: number; limit: string | undefined; resetSeconds: number }[] = [];
  const retryAfters: number[] = [];
  let chats = 0;
  const greedyTraffic = await steadyTraffic(
    async (http, n) => {
      // Most requests need no model, so that the caller never pauses to wait for it.
      const isChat = n % 4 === 0;
      const answer = isChat
        ? await http.request('POST', profile.capability('chat').path('create'), { json })
        : await ordinaryRequest(http);
      const { headers, status } = answer;
      if (isChat && status === 200) chats += 1;
      if (status === 429) retryAfters.push(Number(headers['retry-after']));
      else {
        const resetSeconds = Number(headers['ratelimit-reset']);
        const remaining = Number(headers['ratelimit-remaining']);
        allowed.push({ remaining, limit: headers['ratelimit-limit'], resetSeconds });
      }
      return answer;
    },
    { on: target, title: 'a greedy caller', headers: { 'x-api-key': greedy }, users: 4, pauseMs: 20, watch: false },
  );
  const modestTraffic = await steadyTraffic((http) => ordinaryRequest(http), {
    on: target,
    title: 'a modest caller',
    headers: { 'x-api-key': modest },
    users: 1,
    // At most four requests in a window.
    pauseMs: windowMs / 4,
    watch: false,
  });
  const windows = () => allowed.filter(({ remaining }) => remaining === limitPerWindow - 1).length;
  // Three more windows begin, although the caller never pauses.
  await expect
    .poll(() => windows() >= 4 && retryAfters.length > allowed.length, {
      message: 'four windows have begun, and more requests were refused than answered',
      timeout: 30_000,
    })
    .toBe(true);
  const { all } = await greedyTraffic.stop();
  const { all: modestResults } = await modestTraffic.stop();

  for (const error of Object.keys(all.errors)) expect(error).toMatch(/^429/);
  const ok = all.outcomes.ok ?? 0;
  expect(ok, `requests answered: at most ${limitPerWindow} in each window`).toBeLessThanOrEqual(
    windows() * limitPerWindow,
  );
  expect(all.outcomes.refused, 'requests refused: the caller should ask for far more than its share').toBeGreaterThan(
    ok,
  );
  expect(upstream.passed() - callsBefore, 'calls that reached the model: those of answered chats only').toBe(chats);
  expect(chats).toBeGreaterThan(0);
  for (const { limit, remaining, resetSeconds } of allowed) {
    expect(limit).toBe(String(limitPerWindow));
    expect(remaining).toBeLessThan(limitPerWindow);
    expect([0, 1], 'RateLimit-Reset in s').toContain(resetSeconds);
  }
  expect(new Set(retryAfters), 'Retry-After in s').toEqual(new Set([1]));
  expect(modestResults.outcomes, 'outcomes of the modest caller: it should never be refused').toEqual({
    ok: modestResults.samples.length,
  });
  expect(modestResults.samples.length).toBeGreaterThanOrEqual(4);

  // Refused requests do not count: after the window, the whole share is available again.
  const { http } = clientsFor(target);
  const headers = { 'x-api-key': greedy };
  const ask = async () => {
    const { status, headers: answerHeaders } = await ordinaryRequest(http, { headers });
    return [status, answerHeaders['ratelimit-remaining']];
  };
  await expect.poll(ask, { timeout: 10_000 }).toEqual([200, String(limitPerWindow - 1)]);
});

test(
  'a rate-limited caller is let in again when its window ends, and no later than Retry-After said',
  requirement('RES-09', needs('limits', 'ordinary request', 'settings.rate limit', 'settings.rate limit window')),
  async ({ startOwnTarget, clientsFor, ordinaryRequest }) => {
    const { http } = clientsFor(await startOwnTarget({ settings: { 'rate limit': 1, 'rate limit window': 1_000 } }));
    const ask = () => ordinaryRequest(http);
    const began = performance.now();
    expect((await ask()).status).toBe(200);
    const answered = performance.now();
    let refused = 0;
    let retryAt = 0;
    let last = await ask();
    while (last.status === 429) {
      refused += 1;
      retryAt = performance.now() + Number(last.headers['retry-after']) * 1_000;
      last = await ask();
    }
    const letIn = performance.now();
    expect(last.status).toBe(200);
    expect(
      letIn - began,
      'ms until the caller was let in again: not before the end of the window',
    ).toBeGreaterThanOrEqual(windowMs - 5);
    // If this machine stalls for longer than the window, no request is refused.
    if (answered - began < windowMs / 2) expect(refused, 'requests refused within the window').toBeGreaterThan(0);
    if (refused > 0)
      expect(
        last.exchange.stamps.queued,
        'time of the request that was let in: not later than Retry-After said',
      ).toBeLessThanOrEqual(retryAt);
  },
);
