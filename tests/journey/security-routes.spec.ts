import { expect, needs, requirement, routeName, test } from '../../fixtures/index.ts';

// Every other route must ask for credentials, so that a route that is left open by mistake fails a test.
const openRoutes = [
  'GET /api/v1/sql/databases',
  'GET /health',
  'GET /metrics',
  'GET /ready',
  'GET /v1/models',
  'GET /v1/models/{id}',
  'GET /v1/presets',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
  'POST /api/v1/sql',
  'POST /v1/chat/completions',
  'POST /v1/completions',
  'POST /v1/embeddings',
];

const adminOnly = [
  'DELETE /api/v1/models/{id}',
  'GET /api/v1/admin/audit',
  'GET /api/v1/admin/users',
  'GET /api/v1/backends',
  'PATCH /api/v1/admin/users/{id}',
  'PATCH /api/v1/models/{id}',
  'POST /api/v1/models',
  'POST /v1/models/{id}/load',
  'POST /v1/models/{id}/unload',
  'POST /v1/presets/{name}/load',
  'PUT /api/v1/models/{id}',
];

test.describe('route authorization', needs('openapi', 'auth', 'started target'), () => {
  test(
    'every route of the OpenAPI document asks for credentials, except those that are open on purpose',
    requirement('SEC-01'),
    async ({ routes }) => {
      const declared = await routes();
      expect(
        declared
          .filter(({ secured }) => !secured)
          .map(routeName)
          .sort(),
      ).toEqual(openRoutes);
    },
  );

  test(
    'the routes that answer 403 to a user are exactly those that only an admin may use',
    requirement('SEC-01', 'AUTH-10'),
    async ({ http, user, routes }) => {
      const forbidden: string[] = [];
      for (const route of await routes()) {
        if (openRoutes.includes(routeName(route)) || route.path.endsWith('/logout')) continue;
        const answer = await http.request(route.method, route.url, { headers: user.headers });
        if (answer.status === 403) forbidden.push(routeName(route));
        // The user is signed in, so no route may answer 401.
        expect.soft(answer.status, routeName(route)).not.toBe(401);
        expect.soft(answer.status, routeName(route)).toBeLessThan(500);
      }
      expect(forbidden.sort()).toEqual(adminOnly);
    },
  );
});

// Sent to a service that the run started: what is not refused may be a deletion.
test.describe('routes with credentials', needs('openapi', 'auth', 'process control'), () => {
  for (const { what, headers, strict = false } of [
    { what: 'a request without credentials', headers: () => ({}) },
    { what: 'an empty token', headers: () => ({ authorization: 'Bearer ' }) },
    { what: 'a made-up token', headers: () => ({ authorization: 'Bearer not-a-token' }) },
    { what: 'a token with a broken signature', headers: (token: string) => ({ authorization: `Bearer ${token}x` }) },
    // Others may rightly take a token there.
    {
      what: 'a token sent as a password',
      headers: (token: string) => ({ authorization: `Basic ${btoa(`user:${token}`)}` }),
      strict: true,
    },
    { what: 'a token sent as an API key', headers: (token: string) => ({ 'x-api-key': token }), strict: true },
    {
      what: 'a token sent as a cookie',
      headers: (token: string) => ({ cookie: `access_token=${token}` }),
      strict: true,
    },
  ])
    test(
      `every route that declares credentials in the OpenAPI document refuses ${what}`,
      requirement('SEC-01', ...(strict ? [needs('auth.refusals')] : [])),
      async ({ unrecordedHttp, user, routes, auth }) => {
        const closed = (await routes()).filter(({ secured }) => secured);
        test.skip(
          closed.length === 0,
          'needs secured routes: the OpenAPI document says of none that it needs credentials (security)',
        );
        for (const { method, url, path } of closed) {
          const answer = await unrecordedHttp.request(method, url, { headers: headers(user.accessToken) });
          expect.soft(answer.status, `${method} ${path} is refused with a 4xx`).toBeGreaterThanOrEqual(400);
          expect.soft(answer.status, `${method} ${path} is refused with a 4xx`).toBeLessThan(500);
          if (!auth.has('refusals')) continue;
          expect.soft(answer.status, `${method} ${path}`).toBe(401);
          expect.soft(answer.headers['www-authenticate'], `${method} ${path}`).toMatch(/^Bearer /);
          expect.soft(Object.keys(answer.json() as object), path).toContain(path.startsWith('/v1/') ? 'error' : 'code');
        }
        // What refuses everybody refuses these, too.
        expect((await auth.me(user.accessToken)).body.id).toBe(user.id);
      },
    );
});

test(
  'where signing in is optional, an invalid token is refused with 401',
  requirement('SEC-01', 'AUTH-11', needs('auth.refusals', 'chat.refusals', 'embeddings')),
  async ({ chat, user }) => {
    const headers = { authorization: `Bearer ${user.accessToken}x` };
    for (const refusal of [
      await chat.chatRefusal({}, { headers }),
      await chat.refusal('POST', '/v1/embeddings', { headers, json: {} }),
    ]) {
      expect.soft(refusal.status, refusal.exchange.url).toBe(401);
      expect.soft(refusal.body, refusal.exchange.url).toMatchObject({ error: { type: 'authentication_error' } });
    }
  },
);

test.describe('resources of other users', needs('openapi', 'documents', 'batch', 'started target'), () => {
  test(
    "another user's documents, jobs and batches are answered with the same 404 as unknown ids",
    requirement('SEC-01', 'DOC-06', 'BATCH-05'),
    async ({ http, user, signUp, routes, documentClientsFor, newDocument, platformClientsFor, config }) => {
      const stranger = await signUp();
      const { document, job } = (await documentClientsFor(user).documents.upload(await newDocument('text'))).body;
      const batch = (
        await platformClientsFor(user).batches.submit(config.MODEL_ID, [{ input: 'Hello', max_tokens: 2 }])
      ).body;
      const ids: Record<string, string> = { documents: document.id, jobs: job.id, batches: batch.id };

      const owned = (await routes()).flatMap((route) => {
        const kind = /^\/api\/v1\/(documents|jobs|batches)\/\{id\}/.exec(route.path)?.[1];
        return kind ? [{ ...route, url: route.path.replace('{id}', ids[kind] ?? '') }] : [];
      });
      expect(owned.map(routeName).sort()).toEqual([
        'DELETE /api/v1/documents/{id}',
        'GET /api/v1/batches/{id}',
        'GET /api/v1/batches/{id}/results',
        'GET /api/v1/documents/{id}',
        'GET /api/v1/jobs/{id}',
        'GET /api/v1/jobs/{id}/events',
        'POST /api/v1/batches/{id}/cancel',
      ]);
      for (const { method, url, path } of owned) {
        const theirs = await http.request(method, url, { headers: stranger.headers });
        const unknown = await http.request(method, path.replace('{id}', crypto.randomUUID()), {
          headers: stranger.headers,
        });
        // The answer must not reveal that the resource exists: it is the same, word for word, as for an unknown id.
        expect.soft(theirs.status, `${method} ${path}`).toBe(404);
        expect.soft(problemWithoutIds(theirs), `${method} ${path}`).toEqual(problemWithoutIds(unknown));
      }
      for (const url of [`/api/v1/documents/${document.id}`, `/api/v1/jobs/${job.id}`, `/api/v1/batches/${batch.id}`])
        expect((await http.request('GET', url, { headers: user.headers })).status, url).toBe(200);
      const listed = await http.request('GET', '/api/v1/documents', { headers: stranger.headers });
      expect(listed.text).not.toContain(document.id);
    },
  );
});

/** The problem in an answer without its ids, which differ from answer to answer. */
function problemWithoutIds({ json }: { json(): unknown }): unknown {
  const { request_id: _, trace_id: __, ...problem } = json() as Record<string, unknown>;
  return JSON.parse(JSON.stringify(problem).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>'));
}
