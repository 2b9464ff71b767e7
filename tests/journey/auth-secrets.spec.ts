import { expect, isReference, needs, newAccount, requirement, faultTest as test } from '../../fixtures/index.ts';

test(
  'a sign-in, right or refused, leaves no password or token in the log, and no answer repeats one',
  requirement('SEC-03', needs('auth', 'process control')),
  async ({ auth, target, signUp, signIn, logOf }) => {
    const account = newAccount();
    const user = await signUp(account);
    const other = await signIn(user);
    const wrong = newAccount().password;
    const secrets = {
      'the password': account.password,
      'a wrong password': wrong,
      'an access token': user.accessToken,
      "another session's access token": other.accessToken,
      ...(auth.has('refresh_token') ? { 'a refresh token': user.refreshToken } : {}),
    };
    // Each is in its place, where a service expects a secret: what it does with a misplaced one is its own affair.
    const refused = [
      await auth.refused('login', { json: { email: account.email, password: wrong } }),
      await auth.refused('register', { json: { password: account.password } }),
      await auth.refused('me', { headers: { authorization: `Bearer ${user.accessToken}x` } }),
    ];
    for (const answer of refused) expect.soft(answer.status).toBeGreaterThanOrEqual(400);
    const last = await auth.me(user.accessToken);
    const id = last.headers['x-request-id'];
    // A line may be written just after the answer; only a log with ids of requests says when it has all of them.
    if (isReference) await expect.poll(() => logOf(target)).toContain(id);
    const log = await logOf(target);
    for (const [what, secret] of Object.entries(secrets)) {
      expect.soft(log.includes(secret), `${what} is in the log`).toBe(false);
      for (const { body, headers } of refused)
        expect.soft(JSON.stringify([body, headers]).includes(secret), `${what} is in a refusal`).toBe(false);
    }
  },
);

test(
  'passwords, tokens and the signing key appear in no log line, metric or error, however a client sends them',
  requirement('SEC-03', needs('auth', 'started target')),
  async ({ http, auth, target, signUp, signIn, admin, logOf, signingKey }) => {
    const account = newAccount();
    const user = await signUp(account);
    const { body: next } = await auth.refresh(user.refreshToken);
    const other = await signIn(user);
    const secrets = {
      'the password': account.password,
      'an access token': user.accessToken,
      'the access token after a refresh': next.access_token,
      'a refresh token': next.refresh_token,
      'a spent refresh token': user.refreshToken,
      "another session's refresh token": other.refreshToken,
      "the admin's password": admin.password,
      "the admin's access token": admin.accessToken,
      'the secret that signs tokens': signingKey,
    };
    const { password } = account;
    const json = { 'content-type': 'application/json' };

    // Each request is refused for a different reason, with a secret in its proper place or in a wrong one.
    const refused = await Promise.all([
      http.request('POST', '/api/v1/auth/register', { json: account }),
      http.request('POST', '/api/v1/auth/register', { json: { email: password, password } }),
      http.request('POST', '/api/v1/auth/login', { json: { email: user.email, password: `${password}x` } }),
      http.request('POST', '/api/v1/auth/login', { json: { email: password, password: user.email } }),
      http.request('POST', '/api/v1/auth/login', { body: `{"email":"a","password":"${password}`, headers: json }),
      http.request('POST', '/api/v1/auth/login', { body: password, headers: { 'content-type': 'text/plain' } }),
      http.request('POST', `/api/v1/auth/login?password=${password}`),
      http.request('POST', '/api/v1/auth/refresh', { json: { refresh_token: user.refreshToken } }),
      http.request('POST', '/api/v1/auth/refresh', { json: { token: next.refresh_token } }),
      http.request('GET', `/api/v1/auth/me?access_token=${other.accessToken}`),
      http.request('GET', '/api/v1/auth/me', { headers: { authorization: `Bearer ${user.accessToken}x` } }),
      http.request('GET', '/api/v1/auth/me', { headers: { authorization: `Basic ${btoa(`a:${password}`)}` } }),
      http.request('GET', '/api/v1/auth/me', { headers: { cookie: `token=${other.accessToken}` } }),
      http.request('POST', '/v1/chat/completions', {
        headers: { authorization: `Bearer ${user.accessToken}` },
        json: {},
      }),
    ]);
    for (const { status, exchange } of refused)
      expect.soft(status, `${exchange.method} ${exchange.url}`).toBeGreaterThanOrEqual(400);

    let log = '';
    // Wait until the log mentions every request: a line may be written just after the answer.
    await expect
      .poll(async () => {
        log = await logOf(target);
        return refused.map(({ headers }) => headers['x-request-id'] ?? 'no id').filter((id) => !log.includes(id));
      }, 'ids of requests that the log does not mention')
      .toEqual([]);
    const metrics = (await http.request('GET', '/metrics')).text;
    for (const [what, secret] of Object.entries(secrets)) {
      expect.soft(log.includes(secret), `${what} is in the log`).toBe(false);
      expect.soft(metrics.includes(secret), `${what} is in the metrics`).toBe(false);
      for (const { text, headers, exchange } of refused) {
        const answer = `${text}${JSON.stringify(headers)}`;
        expect
          .soft(answer.includes(secret), `${what} is in the answer to ${exchange.method} ${exchange.url}`)
          .toBe(false);
      }
    }
  },
);

test(
  'while a database is unreachable, answers do not reveal its address and the log does not reveal its password',
  requirement('SEC-03', 'RES-03', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, refuseConnections, signUp, logOf }) => {
    const platform = await freshDatabase('platform');
    const { password, hostname, port, username, pathname } = new URL(platform.urls.owner);
    const target = await startOwnTarget({ platform: platform.urls.owner });
    const { http } = clientsFor(target);
    const user = await signUp({}, http);
    await refuseConnections(platform);
    const answers = [
      await http.request('GET', '/api/v1/auth/me', { headers: user.headers }),
      await http.request('POST', '/api/v1/auth/login', { json: { email: user.email, password: user.password } }),
      await http.request('GET', '/ready'),
    ];
    const internals = [`${hostname}:${port}`, pathname.slice(1), `"${username}"`];
    for (const { status, text } of answers) {
      expect(status).toBe(503);
      for (const word of internals) expect.soft(text).not.toContain(word);
    }
    const log = await logOf(target);
    expect(log).toContain('database_unavailable');
    if (password.length >= 4) expect(log).not.toContain(`:${password}@`);
    expect(log).not.toContain(user.password);
  },
);
