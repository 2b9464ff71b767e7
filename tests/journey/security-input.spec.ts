import { expect, isReference, needs, newAccount, requirement, test, uniqueName } from '../../fixtures/index.ts';

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

/** A file of the machine, a folder of libraries, a stack trace. */
const revealing =
  /root:.*:0:0|\[fonts\]|node_modules|site-packages|\/reference\/|\bat .+\.[cm]?[jt]s:\d+|Traceback \(most/;

// Sent to a service that the run started: one that is not careful may delete what such a path leads it to.
test.describe('malicious path parameters', needs('openapi', 'process control'), () => {
  for (const id of paths) {
    const shown = id.length > 40 ? `${id.slice(0, 10)}… (${id.length} characters)` : id;
    test(
      `the path parameter ${shown} makes no route fail, and reveals nothing`,
      requirement('SEC-04'),
      async ({ unrecordedHttp, callerHeaders, routes }) => {
        const declared = (await routes()).filter(({ path }) => path.includes('{'));
        test.skip(declared.length === 0, 'needs path parameters: the OpenAPI document of the service has none');
        const { headers } = await callerHeaders();
        for (const { method, path } of declared) {
          const url = path.replaceAll(/\{\w+\}/g, id);
          const answer = await unrecordedHttp.request(method, url, { headers });
          // A search for such a word may well be answered; the reference service has no route that does so.
          if (isReference) expect.soft(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
          if (isReference) expect.soft(answer.headers['content-type'], `${method} ${path}`).toMatch(/json/);
          expect.soft(answer.status, `${method} ${path}`).toBeLessThan(500);
          expect.soft(answer.text, `${method} ${path}`).not.toMatch(revealing);
        }
      },
    );
  }
});

test.describe('malicious file names', needs('documents', 'process control'), () => {
  for (const name of [
    '../../../etc/cron.d/evil.txt',
    'C:\\Windows\\evil.txt',
    '/etc/passwd.txt',
    '..',
    'a\u202egnp.txt',
  ])
    test(
      `a file named ${JSON.stringify(name).replace('\u202e', '\\u202e')} is refused, or indexed as any other file`,
      requirement('SEC-04'),
      async ({ documents, newDocument, uploadAndWait, storedDocument }) => {
        const file = { ...(await newDocument('text')), name };
        const answer = await documents.upload(file).then(
          ({ body }) => body.document,
          (error: Error) => error,
        );
        if (answer instanceof Error) return expect(answer.message).toMatch(/status 4\d\d/);
        // The same name again, so that a file that was written over another's is seen.
        const { document } = await uploadAndWait({ ...(await newDocument('text')), name });
        expect(document.id, 'another file of the same name is another document').not.toBe(answer.id);
        // Others may keep such a name as a label, and store the file elsewhere.
        if (!isReference) return;
        expect(answer.id).toMatch(/^[0-9a-f-]{36}$/);
        expect(answer.name).not.toMatch(/[/\\\u202a-\u202e\u2066-\u2069]|^\.\.?$/);
        expect(JSON.stringify(await storedDocument(answer.id))).not.toContain('../');
      },
    );
});

const { email, password } = newAccount();
const credentials = JSON.stringify({ email, password });
/** With `legible` a service of others may read the body: its media type is another, and it is what it should be. */
const bodies = [
  { what: 'JSON sent as text/plain', type: 'text/plain', body: credentials, status: 415, legible: true },
  {
    what: 'a URL-encoded form',
    type: 'application/x-www-form-urlencoded',
    body: `email=${email}&password=${password}`,
    status: 415,
    legible: true,
  },
  {
    what: 'an XML body',
    type: 'application/xml',
    body: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    status: 415,
  },
  {
    what: 'JSON sent as multipart/form-data',
    type: 'multipart/form-data; boundary=x',
    body: credentials,
    status: 415,
    legible: true,
  },
  {
    what: 'JSON sent under two media types',
    type: 'application/json, text/plain',
    body: credentials,
    status: 415,
    legible: true,
  },
  { what: 'JSON sent under an invalid media type', type: 'json', body: credentials, status: 415, legible: true },
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
test.describe('malicious request bodies', needs('auth'), () => {
  for (const { what, type, body, status, legible = false } of bodies)
    test(`an auth request with ${what} is refused`, requirement('SEC-04'), async ({ auth }) => {
      // First those that must fail with the credentials of nobody, however they are read.
      for (const endpoint of ['login', 'refresh', 'register'] as const) {
        if (endpoint === 'refresh' && !auth.has('refresh_token')) continue;
        const answer = await auth.refused(endpoint, { body, headers: { 'content-type': type } });
        if (endpoint === 'register' && legible && !answer.exact) expect(answer.status).toBeLessThan(500);
        else expect(answer).toBeRefused(status);
        // The answer must not repeat the body, which may be a secret that was sent to the wrong place.
        expect(JSON.stringify(answer.body)).not.toContain(password);
      }
    });

  test(
    'a login is accepted under every spelling of the JSON media type',
    requirement('SEC-04'),
    async ({ auth, user }) => {
      for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'])
        expect((await auth.login(user, { headers: { 'content-type': type } })).body.access_token, type).toBeTruthy();
    },
  );
});

test(
  'headers that are too large are refused, and the next request is served',
  // A proxy before an attached target may have a limit of its own.
  requirement('SEC-04', 'RES-22', needs('auth', 'process control')),
  async ({ auth, user }) => {
    for (const headers of [
      { 'x-filler': 'x'.repeat(20_000) },
      { authorization: `Bearer ${'x'.repeat(20_000)}` },
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x-filler-${index}`, 'x'.repeat(40)])),
    ] as Record<string, string>[]) {
      // Nobody is signed in, so a service that takes larger headers refuses it as well. Some hang up.
      const answer = await auth.refused('me', { headers }).catch((error: Error) => error);
      if (answer instanceof Error) {
        if (isReference) throw answer;
        expect(answer, 'a request that is not answered is cut off, and does not hang').toMatchObject({ kind: 'cut' });
        continue;
      }
      expect(answer).toBeRefused(431);
    }
    expect((await auth.me(user.accessToken)).body.id).toBe(user.id);
  },
);

test(
  'a request id that could forge log lines is replaced',
  requirement('SEC-04', needs('health', 'gateway.requestIds')),
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
