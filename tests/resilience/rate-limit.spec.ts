import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

const allowed = 5;
/** So many at once that more than a limit's worth is refused, also where the border of two windows lies between them. */
const asked = 3 * allowed + 1;

test(
  'a caller over the rate limit is refused with 429 and nothing else, and is let in again after the window',
  requirement('RES-09', 'OWN-04', needs('ordinary request', 'settings.rate limit', 'settings.rate limit window')),
  async ({ startOwnTarget, clientsFor, ordinaryRequest, settings }) => {
    const windowMs = settings.atLeast('rate limit window', 4_000, 20_000);
    test.setTimeout(60_000 + 3 * windowMs);
    const limited = { 'rate limit': allowed, 'rate limit window': windowMs };
    const { http } = clientsFor(await startOwnTarget({ settings: limited }));
    const answers = await Promise.all(Array.from({ length: asked }, () => ordinaryRequest(http)));
    const over = performance.now();
    const statuses = answers.map(({ status }) => status);
    const served = statuses.filter((status) => status >= 200 && status < 300).length;
    const refused = statuses.filter((status) => status === 429).length;
    expect(served + refused, `answers that are neither a success nor a 429, of ${statuses.join(', ')}`).toBe(asked);
    expect(refused, `requests refused with 429, of ${asked} with a limit of ${allowed}`).toBeGreaterThan(0);
    expect(served, 'requests answered: the limit, or twice as many at the border of two windows').toBeLessThanOrEqual(
      2 * allowed,
    );
    expect(served, 'requests answered: none within the limit is refused').toBeGreaterThanOrEqual(allowed);

    // Without a request: a service may count those that it refuses.
    await expect.poll(() => performance.now() - over, { timeout: 2 * windowMs }).toBeGreaterThan(windowMs);
    await expect
      .poll(async () => (await ordinaryRequest(http)).status, {
        message: `the status of a request after the window of ${windowMs} ms`,
        timeout: 2 * windowMs + 15_000,
        intervals: [windowMs / 2],
      })
      .toBeLessThan(300);
  },
);

test(
  'answers say how much of the rate limit is left, and a refusal says when to try again',
  requirement('RES-09', needs('limits', 'settings.rate limit', 'settings.rate limit window', 'ordinary request')),
  async ({ startOwnTarget, clientsFor, ordinaryRequest, settings, profile }) => {
    const windowMs = settings.atLeast('rate limit window', 4_000, 60_000);
    const limited = { 'rate limit': allowed, 'rate limit window': windowMs };
    const { http } = clientsFor(await startOwnTarget({ settings: limited }));
    // A caller who says that it is another, by X-Forwarded-For, is the same one still.
    const forwardedFor = (n: number) => ({ headers: { 'x-forwarded-for': `203.0.113.${n}` } });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => ordinaryRequest(http, forwardedFor(n))));
    const served = answers.filter(({ status }) => status === 200);
    expect(
      served.map(({ headers }) => headers['ratelimit-remaining']).sort(),
      'RateLimit-Remaining of the answers',
    ).toEqual(['0', '1', '2', '3', '4']);
    for (const { status, headers, json } of answers) {
      expect(headers['ratelimit-limit'], 'RateLimit-Limit').toBe(String(allowed));
      expect(Number(headers['ratelimit-reset']), 'RateLimit-Reset in s').toBeGreaterThan(0);
      expect(Number(headers['ratelimit-reset']), 'RateLimit-Reset in s').toBeLessThanOrEqual(windowMs / 1_000);
      if (status === 200) continue;
      expect({ status, headers, body: json() }).toBeProblem(429, /try again in \d+ s/);
      expect(Number(headers['retry-after']), 'Retry-After in s').toBeGreaterThan(0);
      expect(Number(headers['retry-after']), 'Retry-After in s').toBeLessThanOrEqual(windowMs / 1_000);
      expect(headers['ratelimit-remaining']).toBe('0');
    }
    // OpenAI's routes refuse with OpenAI's error object; probes are never refused.
    if (profile.has('models')) {
      const models = await http.request('GET', profile.capability('models').path('list'));
      expect([models.status, models.json()]).toEqual([
        429,
        { error: expect.objectContaining({ type: 'rate_limit_error' }) },
      ]);
    }
    expect((await http.request('GET', '/no-such-route')).status, 'a path that the service does not have').toBe(429);
    for (const [name, path] of [
      ['health', profile.capability('health').path('health')],
      ['readiness', profile.capability('readiness').path('ready')],
      ['metrics', profile.capability('metrics').path('metrics')],
      ['openapi', profile.capability('openapi').path('openapi')],
    ] as const)
      if (profile.has(name)) expect((await http.request('GET', path)).status, path).toBe(200);
  },
);

test(
  'users, API keys and addresses each have a rate limit of their own',
  requirement(
    'RES-09',
    needs('auth', 'limits.callers', 'ordinary request', 'settings.rate limit', 'settings.rate limit window'),
    needs('settings.api keys', 'settings.trusted proxy'),
  ),
  async ({ startOwnTarget, clientsFor, signUp, ordinaryRequest }) => {
    const [firstKey, secondKey] = ['a-key-of-this-test-0123456789', 'b-key-of-this-test-0123456789'];
    const settings = {
      'rate limit': 6,
      'rate limit window': 600_000,
      'api keys': [firstKey, secondKey],
      'trusted proxy': 'true',
    };
    const { http } = clientsFor(await startOwnTarget({ databases: 'fresh', settings }));
    const [firstUser, secondUser] = [await signUp({}, http), await signUp({}, http)];
    const statuses = async (headers: Record<string, string>, count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => ordinaryRequest(http, { headers })));
      return answers.map(({ status }) => status).sort();
    };
    const sixAllowed = [...Array<number>(6).fill(200), 429, 429];

    expect(await statuses(firstUser.headers, 8)).toEqual(sixAllowed);
    expect(await statuses(secondUser.headers, 1)).toEqual([200]);
    expect(await statuses({ 'x-api-key': firstKey }, 8)).toEqual(sixAllowed);
    expect(await statuses({ authorization: `Bearer ${firstKey}` }, 1)).toEqual([429]);
    expect(await statuses({ 'x-api-key': secondKey }, 1)).toEqual([200]);

    // This address has four requests left. Callers with forged tokens share them.
    const withForgedTokens = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        ordinaryRequest(http, { headers: { authorization: `Bearer ${firstUser.accessToken}${index}` } }),
      ),
    );
    expect(withForgedTokens.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 429, 429]);
    expect(await statuses({}, 1)).toEqual([429]);
    expect(await statuses({ 'x-forwarded-for': '203.0.113.7' }, 1)).toEqual([401]);
  },
);

test(
  'login attempts are limited per account, with right and wrong passwords, and other accounts are unaffected',
  requirement('RES-09', 'AUTH-08', 'OWN-04', needs('auth', 'settings.login limit')),
  async ({ startOwnTarget, clientsFor, signUp, authClientFor, settings, profile }) => {
    const window = settings.has('rate limit window') && {
      'rate limit window': settings.atLeast('rate limit window', 600_000),
    };
    const { http } = clientsFor(
      await startOwnTarget({ databases: 'fresh', settings: { 'login limit': 3, ...window } }),
    );
    const auth = authClientFor(http);
    const [victim, otherUser] = [await signUp({}, http), await signUp({}, http)];
    const attempt = (email: string, password = newAccount().password) =>
      auth.answer('login', { json: { email, password } });
    // A service may also take an email for another one where its case or its spaces differ.
    const exact = profile.capability('auth').lacks('refusals');
    const { email } = victim;
    for (const written of exact ? [email, email, email] : [email, email.toUpperCase(), ` ${email}`]) {
      const { status } = await attempt(written);
      expect([400, 401, 403, 422], `the status of a wrong password within the limit, ${status},`).toContain(status);
    }
    const refused = await attempt(email, victim.password);
    expect(refused.status, 'the status of a right password beyond the limit').toBe(429);
    if (!exact) {
      const { status, headers } = refused;
      expect({ status, headers, body: refused.json() }).toBeProblem(429, 'try again');
      expect(Number(refused.headers['retry-after']), 'Retry-After').toBeGreaterThan(0);
    }
    expect((await auth.login(otherUser)).status).toBe(200);
    // Existing sessions of the account stay valid.
    expect((await auth.me(victim.accessToken)).status).toBe(200);
    expect((await auth.refresh(victim.refreshToken)).status).toBe(200);
  },
);
