import { expect, needs, newAccount, requirement, test, uniqueName } from '../../fixtures/index.ts';

const paths = [
  '..%2f..%2f..%2fetc%2fpasswd',
  '..%5c..%5cwindows%5cwin.ini',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%252f..%252fetc%252fpasswd',
  '....%2f%2fetc%2fpasswd',
  '%2fetc%2fpasswd',
  'file:%2f%2f%2fetc%2fpasswd',
  '%00',
  'x%00.pdf',
  '%c0%ae%c0%ae%c0%af',
  '%',
  '%e2%80%ae',
  "'%20OR%20'1'='1",
  '1;DROP%20TABLE%20users',
  '__proto__',
  'constructor',
  'a'.repeat(5_000),
];

test.describe('malicious path parameters', needs('openapi', 'auth.admin', 'started target'), () => {
  for (const id of paths) {
    const shown = id.length > 40 ? `${id.slice(0, 10)}… (${id.length} characters)` : id;
    test(
      `the path parameter ${shown} gets a 4xx on every route and reveals nothing`,
      requirement('SEC-04'),
      async ({ unrecordedHttp, admin, routes }) => {
        const declared = (await routes()).filter(({ path }) => path.includes('{'));
        expect(declared.length).toBeGreaterThan(10);
        for (const { method, path } of declared) {
          const url = path.replaceAll(/\{\w+\}/g, id);
          const { status, text, headers } = await unrecordedHttp.request(method, url, { headers: admin.headers });
          expect.soft(status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
          expect.soft(status, `${method} ${path}`).toBeLessThan(500);
          expect.soft(headers['content-type'], `${method} ${path}`).toMatch(/json/);
          expect.soft(text, `${method} ${path}`).not.toMatch(/root:.*:0:0|node_modules|\/reference\/|at .+\.ts:\d+/);
        }
      },
    );
  }
});

test.describe('malicious file names', needs('documents', 'started target'), () => {
  for (const name of [
    '../../../etc/cron.d/evil.txt',
    'C:\\Windows\\evil.txt',
    '/etc/passwd.txt',
    '..',
    'a\u202egnp.txt',
  ])
    test(
      `a file named ${JSON.stringify(name).replace('\u202e', '\\u202e')} is refused, or stored under its id and never under a path`,
      requirement('SEC-04'),
      async ({ documents, newDocument, storedDocument }) => {
        const answer = await documents.upload({ ...(await newDocument('text')), name }).then(
          ({ body }) => body.document,
          (error: Error) => error,
        );
        if (answer instanceof Error) return expect(answer.message).toMatch(/status 4\d\d/);
        expect(answer.id).toMatch(/^[0-9a-f-]{36}$/);
        expect(answer.name).not.toMatch(/[/\\\u202a-\u202e\u2066-\u2069]|^\.\.?$/);
        expect(JSON.stringify(await storedDocument(answer.id))).not.toContain('../');
      },
    );
});

const credentials = JSON.stringify({ email: 'somebody@plumbline.test', password: 'whatever-it-is' });
const bodies = [
  { what: 'JSON sent as text/plain', type: 'text/plain', body: credentials, status: 415 },
  { what: 'a URL-encoded form', type: 'application/x-www-form-urlencoded', body: 'email=a&password=b', status: 415 },
  {
    what: 'an XML body',
    type: 'application/xml',
    body: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    status: 415,
  },
  { what: 'JSON sent as multipart/form-data', type: 'multipart/form-data; boundary=x', body: credentials, status: 415 },
  { what: 'JSON sent under two media types', type: 'application/json, text/plain', body: credentials, status: 415 },
  { what: 'JSON sent under an invalid media type', type: 'json', body: credentials, status: 415 },
  { what: 'truncated JSON', type: 'application/json', body: credentials.slice(0, 30), status: 400 },
  { what: 'an empty body', type: 'application/json', body: '', status: 400 },
  { what: 'a __proto__ key', type: 'application/json', body: '{"__proto__":{"role":"admin"}}', status: 400 },
  {
    what: 'a constructor key',
    type: 'application/json',
    body: '{"constructor":{"prototype":{"role":"admin"}}}',
    status: 400,
  },
  { what: 'a list as its body', type: 'application/json', body: `[${credentials}]`, status: 422 },
  { what: 'null as its body', type: 'application/json', body: 'null', status: 422 },
  { what: '100,000 nested brackets', type: 'application/json', body: '['.repeat(100_000), status: 400 },
  { what: 'a body of 300,000 bytes', type: 'application/json', body: `"${'x'.repeat(300_000)}"`, status: 413 },
];
test.describe('malicious request bodies', needs('auth', 'started target'), () => {
  for (const { what, type, body, status } of bodies)
    test(`an auth request with ${what} is refused with ${status}`, requirement('SEC-04'), async ({ auth }) => {
      for (const endpoint of ['login', 'register', 'refresh'] as const) {
        const answer = await auth.refusal(endpoint, { body, headers: { 'content-type': type } });
        expect(answer).toBeProblem(status);
        // The answer must not repeat the body, which may be a secret that was sent to the wrong place.
        expect(JSON.stringify(answer.body)).not.toContain('whatever-it-is');
      }
    });

  test(
    'a login is accepted under every spelling of the JSON media type',
    requirement('SEC-04'),
    async ({ auth, user }) => {
      const body = JSON.stringify({ email: user.email, password: user.password });
      for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'])
        expect((await auth.login(user, { headers: { 'content-type': type } })).status, `${type} ${body.length}`).toBe(
          200,
        );
    },
  );
});

test(
  'headers that are too large are refused with 431, and the next request is served',
  requirement('SEC-04', 'RES-22', needs('auth', 'started target')),
  async ({ http, auth, user }) => {
    for (const headers of [
      { 'x-filler': 'x'.repeat(20_000) },
      { authorization: `Bearer ${'x'.repeat(20_000)}` },
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x-filler-${index}`, 'x'.repeat(40)])),
    ] as Record<string, string>[]) {
      const { status, json } = await http.request('GET', '/api/v1/auth/me', { headers });
      expect(status).toBe(431);
      expect(json()).toMatchObject({ status: 431, code: 'malformed_request' });
    }
    expect((await auth.me(user.accessToken)).status).toBe(200);
  },
);

test(
  'a request id that could forge log lines is replaced',
  requirement('SEC-04', needs('health', 'started target')),
  async ({ http }) => {
    for (const id of ['with space', '{"level":60}', '"><script>', 'x'.repeat(200), uniqueName()]) {
      const { headers } = await http.request('GET', '/health', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id'] === id, `whether the request id ${id} is returned unchanged`).toBe(
        /^test-/.test(id),
      );
    }
  },
);

test(
  'a registration with an extra field that claims admin rights is refused and creates no account',
  requirement('SEC-04', 'AUTH-09', needs('auth.refusals')),
  async ({ auth }) => {
    for (const extra of [
      '"role":"admin"',
      '"is_admin":true',
      '"user":{"role":"admin"}',
      '"__proto__":{"role":"admin"}',
    ]) {
      const account = newAccount();
      const body = `{"email":"${account.email}","password":"${account.password}",${extra}}`;
      const headers = { 'content-type': 'application/json' };
      const { status } = await auth.answer('register', { body, headers });
      expect([400, 422]).toContain(status);
      expect(await auth.refusal('login', { json: account })).toBeProblem(401);
    }
  },
);
