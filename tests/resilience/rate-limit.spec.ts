import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

const windowSeconds = 4;
const limited = { 'rate limit': 5, 'rate limit window': windowSeconds * 1_000 };
const route = '/api/v1/sql/databases';

test(
  'a caller over the rate limit gets a 429 with the time to wait, and is let in again after that time',
  requirement('RES-09', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor }) => {
    const { http } = clientsFor(await startOwnTarget({ settings: limited }));
    // TRUST_PROXY is not set, so a caller cannot evade its limit by an X-Forwarded-For header.
    const forwardedFor = (n: number) => ({ headers: { 'x-forwarded-for': `203.0.113.${n}` } });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => http.request('GET', route, forwardedFor(n))));
    const served = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect([served.length, refused.length]).toEqual([5, 3]);

    const remaining = served.map(({ headers }) => headers['ratelimit-remaining']).sort();
    expect(remaining, 'RateLimit-Remaining').toEqual(['0', '1', '2', '3', '4']);
    for (const { status, headers, json } of answers) {
      expect(headers['ratelimit-limit'], 'RateLimit-Limit').toBe('5');
      expect(Number(headers['ratelimit-reset']), 'RateLimit-Reset in s').toBeGreaterThan(0);
      expect(Number(headers['ratelimit-reset']), 'RateLimit-Reset in s').toBeLessThanOrEqual(windowSeconds);
      if (status !== 429) continue;
      expect({ status, headers, body: json() }).toBeProblem(429, /try again in \d+ s/);
      expect(headers['retry-after'], 'Retry-After').toMatch(/^[1-4]$/);
      expect(headers['ratelimit-remaining']).toBe('0');
    }

    // Routes under /v1 refuse with OpenAI's error object; probes are never refused.
    const model = await http.request('GET', '/v1/models');
    expect([model.status, model.json()]).toEqual([
      429,
      { error: expect.objectContaining({ type: 'rate_limit_error' }) },
    ]);
    expect((await http.request('GET', '/no-such-route')).status).toBe(429);
    for (const probe of ['/health', '/ready', '/metrics', '/openapi.json'])
      expect((await http.request('GET', probe)).status, probe).toBe(200);

    const waitStarted = performance.now();
    await expect.poll(async () => (await http.request('GET', route)).status, { timeout: 15_000 }).toBe(200);
    expect(performance.now() - waitStarted, 'ms until the caller was let in again').toBeLessThan(
      (windowSeconds + 1) * 1_000,
    );
  },
);

test(
  'users, API keys and addresses each have a rate limit of their own',
  requirement('RES-09', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const [firstKey, secondKey] = ['a-key-of-this-test-0123456789', 'b-key-of-this-test-0123456789'];
    const settings = {
      'rate limit': 6,
      'rate limit window': 600_000,
      'api keys': [firstKey, secondKey],
      'trusted proxy': 'true',
    };
    const { http } = clientsFor(await startOwnTarget({ platform, settings }));
    const [firstUser, secondUser] = [await signUp({}, http), await signUp({}, http)];
    const statuses = async (headers: Record<string, string>, count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => http.request('GET', route, { headers })));
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
        http.request('GET', route, { headers: { authorization: `Bearer ${firstUser.accessToken}${index}` } }),
      ),
    );
    expect(withForgedTokens.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 429, 429]);
    expect((await http.request('GET', route)).status).toBe(429);
    expect((await http.request('GET', route, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(401);
  },
);

test(
  'login attempts are limited per account, with right and wrong passwords, and other accounts are unaffected',
  requirement('RES-09', 'AUTH-08', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp, authClientFor }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const settings = { 'login limit': 3, 'rate limit window': 600_000 };
    const { http } = clientsFor(await startOwnTarget({ platform, settings }));
    const auth = authClientFor(http);
    const [victim, otherUser] = [await signUp({}, http), await signUp({}, http)];
    const guess = (email: string) => auth.refusal('login', { json: { email, password: newAccount().password } });

    expect((await guess(victim.email)).status).toBe(401);
    expect((await guess(victim.email.toUpperCase())).status).toBe(401);
    expect((await guess(` ${victim.email}`)).status).toBe(401);
    const refused = await auth.refusal('login', { json: { email: victim.email, password: victim.password } });
    expect(refused).toBeProblem(429, 'try again');
    expect(Number(refused.headers['retry-after']), 'Retry-After').toBeGreaterThan(0);
    expect((await auth.login(otherUser)).status).toBe(200);
    // Existing sessions of the account stay valid.
    expect((await auth.me(victim.accessToken)).status).toBe(200);
    expect((await auth.refresh(victim.refreshToken)).status).toBe(200);
  },
);

test(
  'with default settings, the service hashes passwords as OWASP recommends and allows ten login attempts',
  requirement('AUTH-02', 'RES-09', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp, authClientFor, query }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const defaults = {
      'password hash memory': 'default',
      'password hash passes': 'default',
      'login limit': 'default',
    } as const;
    const { http } = clientsFor(await startOwnTarget({ platform, settings: defaults }));
    const user = await signUp({}, http);
    const [row] = await query(platform, 'SELECT password_hash FROM users WHERE id = $1', [user.id]);
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const attempts = [];
    for (let attempt = 0; attempt < 11; attempt++)
      attempts.push(
        (await authClientFor(http).refusal('login', { json: { email: 'nobody@plumbline.test', password: 'x' } }))
          .status,
      );
    expect(attempts).toEqual([...Array<number>(10).fill(401), 429]);
  },
);

test(
  'a password hash of an older cost is replaced when its owner signs in',
  requirement('AUTH-02', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp, authClientFor, query }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const first = await startOwnTarget({ platform, settings: { 'password hash memory': 65_536 } });
    const user = await signUp({}, clientsFor(first).http);
    await first.stop();
    const auth = authClientFor(
      clientsFor(await startOwnTarget({ platform, settings: { 'password hash memory': 131_072 } })).http,
    );
    const memoryCost = async () => {
      const [row] = await query(platform, 'SELECT password_hash FROM users WHERE id = $1', [user.id]);
      return /m=(\d+)/.exec(String(row?.['password_hash']))?.[1];
    };
    expect(await memoryCost()).toBe('64');
    expect((await auth.refusal('login', { json: { email: user.email, password: 'wrong' } })).status).toBe(401);
    expect(await memoryCost()).toBe('64');
    await auth.login(user);
    expect(await memoryCost()).toBe('128');
    expect((await auth.login(user)).body.user.id).toBe(user.id);
  },
);
