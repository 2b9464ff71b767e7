import { expect, needs, requirement, test } from '../../fixtures/index.ts';

const allowedOrigins = ['https://app.example', 'http://localhost:5173'];
const foreignOrigins = [
  'https://evil.example',
  'https://app.example.evil.example',
  'https://evil-app.example',
  'http://app.example',
  'https://app.example:8443',
  'https://APP.example',
  'null',
  '*',
];

for (const { what, method, url, init } of [
  { what: 'a successful answer', method: 'GET', url: '/api/v1/sql/databases', init: {} },
  { what: 'a health probe', method: 'GET', url: '/health', init: {} },
  { what: 'an answer for an unknown route', method: 'GET', url: '/no-such-route', init: {} },
  { what: 'an answer for a wrong method', method: 'DELETE', url: '/api/v1/sql', init: {} },
  { what: 'a 401 answer', method: 'GET', url: '/api/v1/auth/me', init: {} },
  { what: 'an OpenAI error', method: 'POST', url: '/v1/chat/completions', init: { json: {} } },
  { what: 'a stream', method: 'POST', url: '/api/v1/sql', init: { json: { question: 'Hello?', stream: true } } },
])
  test(
    `${what} has the security headers for browsers and does not name the server software`,
    requirement('SEC-04', needs('sql', 'auth')),
    async ({ http }) => {
      const { headers } = await http.request(method, url, init);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{7,}/),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    },
  );

test(
  'where no origin is allowed, a page of another origin gets no CORS headers',
  requirement('SEC-04', needs('sql', 'started target')),
  async ({ http }) => {
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
    const preflight = await http.request('OPTIONS', '/api/v1/sql', { headers });
    expect(preflight.status).toBe(405);
    const answer = await http.request('GET', '/api/v1/sql/databases', { headers: { origin: headers.origin } });
    for (const { headers: sent } of [preflight, answer])
      expect(Object.keys(sent).filter((name) => name.startsWith('access-control'))).toEqual([]);
  },
);

test(
  'only pages of the allowed origins get CORS headers',
  requirement('SEC-04', 'OWN-04', needs('ordinary request', 'settings.allowed origins')),
  async ({ startOwnTarget, clientsFor, ordinaryRequest }) => {
    const settings = { 'allowed origins': allowedOrigins };
    const { http } = clientsFor(await startOwnTarget({ settings }));
    const allowedFor = async (origin: string) =>
      (await ordinaryRequest(http, { headers: { origin } })).headers['access-control-allow-origin'];
    for (const origin of allowedOrigins) expect.soft(await allowedFor(origin), 'who may read the answer').toBe(origin);
    for (const origin of foreignOrigins)
      expect
        .soft([origin, '*'], `who may read the answer to a page of ${origin}`)
        .not.toContain(await allowedFor(origin));
  },
);

test(
  'a preflight of an allowed origin is answered before the key is checked, and one of another origin is refused',
  requirement('SEC-04', 'GATE-02', needs('sql.databases', 'chat', 'started target')),
  async ({ startOwnTarget, clientsFor }) => {
    const key = 'a-key-for-this-test-0123456789';
    const settings = { 'allowed origins': allowedOrigins, 'api keys': [key] };
    const { http } = clientsFor(await startOwnTarget({ settings }));
    const preflight = (origin: string, url = '/v1/chat/completions') =>
      http.request('OPTIONS', url, {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      });

    for (const origin of allowedOrigins) {
      // The browser sends no key with a preflight, so it is answered before the key is checked.
      const { status, headers, text } = await preflight(origin);
      expect.soft([status, text], `preflight from ${origin}`).toEqual([204, '']);
      expect.soft(headers['access-control-allow-origin']).toBe(origin);
      expect
        .soft(headers['access-control-allow-methods']?.split(', '))
        .toEqual(expect.arrayContaining(['POST', 'PATCH', 'DELETE']));
      expect.soft(headers['access-control-allow-headers']).toMatch(/Authorization.*Content-Type/);
      expect.soft(headers['access-control-max-age']).toBe('600');
      expect.soft(headers['access-control-allow-credentials']).toBeUndefined();
      expect.soft(headers['vary']).toMatch(/Origin/i);

      // A page must be able to read refusals as well, and the headers that matter to it.
      for (const headers of [{ origin }, { origin, 'x-api-key': key }]) {
        const answer = await http.request('GET', '/api/v1/sql/databases', { headers });
        expect.soft(answer.headers['access-control-allow-origin'], `${answer.status}`).toBe(origin);
        expect.soft(answer.headers['access-control-expose-headers']).toMatch(/X-Request-Id.*Retry-After/);
      }
    }
    for (const origin of foreignOrigins) {
      const { status, headers } = await preflight(origin);
      expect.soft(status, `status of a preflight from ${origin}`).toBe(401);
      const answer = await http.request('GET', '/health', { headers: { origin } });
      for (const [name] of [...Object.entries(headers), ...Object.entries(answer.headers)])
        expect.soft(name, origin).not.toMatch(/^access-control/);
    }
    const plain = await http.request('OPTIONS', '/health', { headers: { origin: allowedOrigins[0] as string } });
    expect(plain.status).toBe(401);
  },
);
