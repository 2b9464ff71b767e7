import { expect, needs, requirement, routeName, test } from '../../fixtures/index.ts';

const [key, other] = ['first-key-of-this-test-0123456789', 'other-key-of-this-test-0123456789'];
const publicRoutes = [
  'GET /health',
  'GET /metrics',
  'GET /ready',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
];

test(
  'where the service has API keys, every route except the public ones needs an API key or an access token',
  requirement('GATE-02', 'SEC-01', 'SEC-03', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, stores, signUp, routes, logOf }) => {
    test.slow();
    const platform = (await freshDatabase('platform')).urls.owner;
    const target = await startOwnTarget({ platform, stores, settings: { 'api keys': [key, other] } });
    const { http } = clientsFor(target);

    await test.step('without a key, every route that is not public answers 401, even an unknown one', async () => {
      for (const { method, url, ...route } of await routes(http)) {
        const name = routeName({ method, ...route });
        const { status, headers, json } = await http.request(method, url);
        if (publicRoutes.includes(name)) expect.soft(status, name).not.toBe(401);
        else {
          expect.soft(status, name).toBe(401);
          expect.soft(headers['www-authenticate'], name).toMatch(/^Bearer/);
          expect
            .soft(json(), name)
            .toMatchObject(
              url.startsWith('/v1/') ? { error: { type: 'authentication_error' } } : { code: 'api_key_needed' },
            );
        }
      }
      expect((await http.request('GET', '/openapi.json')).status).toBe(200);
      for (const [method, url] of [
        ['GET', '/no-such-route'],
        ['DELETE', '/api/v1/sql'],
        ['GET', '/v1/no-such-route'],
      ] as const)
        expect.soft((await http.request(method, url)).status, `${method} ${url}`).toBe(401);
    });

    await test.step('a wrong key is refused with 401', async () => {
      for (const headers of [
        { 'x-api-key': `${key}x` },
        { 'x-api-key': key.slice(0, -1) },
        { 'x-api-key': `${key},${other}` },
        { 'x-api-key': key.toUpperCase() },
        { authorization: `Bearer ${key}x` },
        { authorization: `Basic ${btoa(`api:${key}`)}` },
        { authorization: key },
      ] as const) {
        const { status, json } = await http.request('GET', '/api/v1/sql/databases', { headers });
        expect.soft(status, `status with ${JSON.stringify(headers)}`).toBe(401);
        expect.soft(json()).toMatchObject({ code: 'invalid_api_key' });
      }
      expect((await http.request('GET', `/api/v1/sql/databases?api_key=${key}`)).status).toBe(401);
    });

    await test.step('each of the two keys is accepted in each of the two headers', async () => {
      for (const headers of [
        { 'x-api-key': key },
        { 'x-api-key': other },
        { authorization: `Bearer ${key}` },
        { authorization: `bearer ${other}` },
      ] as const)
        for (const url of ['/api/v1/sql/databases', '/v1/models'])
          expect.soft((await http.request('GET', url, { headers })).status, JSON.stringify(headers)).toBe(200);
    });

    await test.step('an access token is accepted too, and an API key signs nobody in', async () => {
      const user = await signUp({}, http);
      expect((await http.request('GET', '/api/v1/sql/databases', { headers: user.headers })).status).toBe(200);
      expect((await http.request('GET', '/v1/models', { headers: user.headers })).status).toBe(200);
      expect((await http.request('GET', '/api/v1/auth/me', { headers: user.headers })).status).toBe(200);
      for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }] as const) {
        const { status, json } = await http.request('GET', '/api/v1/auth/me', { headers });
        expect([status, json()]).toEqual([401, expect.objectContaining({ code: 'not_signed_in' })]);
      }
      const both = { ...user.headers, 'x-api-key': key };
      expect((await http.request('GET', '/api/v1/auth/me', { headers: both })).status).toBe(200);
      expect((await http.request('POST', '/api/v1/auth/logout', { headers: user.headers })).status).toBe(204);
      expect((await http.request('GET', '/v1/models', { headers: user.headers })).status).toBe(401);
      // A valid key does not revive an access token whose session has ended.
      expect((await http.request('GET', '/api/v1/auth/me', { headers: both })).status).toBe(401);
    });

    await test.step('no key appears in the log or the metrics', async () => {
      const written = `${await logOf(target)}\n${(await http.request('GET', '/metrics')).text}`;
      expect(written).toContain('"event":"listening"');
      for (const secret of [key, other]) expect(written).not.toContain(secret);
    });
  },
);

test(
  'an API key that is too short stops the service from starting, and the error does not repeat the key',
  requirement('GATE-02', 'SEC-03', needs('auth', 'started target')),
  async ({ startOwnTarget }) => {
    const error = await startOwnTarget({ settings: { 'api keys': ['shortkey'] } }).then(
      () => new Error('Expected the service to refuse to start with a short API key, but it started.'),
      (reason: Error) => reason,
    );
    expect(error.message).toMatch(/at least 16/);
    expect(error.message).not.toContain('shortkey');
  },
);
