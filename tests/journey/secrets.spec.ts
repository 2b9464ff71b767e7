import { expect, filesIn, needs, newAccount, requirement, test, uniqueName } from '../../fixtures/index.ts';

const canary = (what: string): string => uniqueName(`canary-${what}`);

test.describe('secrets', () => {
  test.describe.configure({ mode: 'serial' });
  let planted: Record<string, string> = {};
  let folder = '';

  test(
    'no secret appears in an answer, a log line, a metric or a span',
    requirement('SEC-03', needs('auth', 'sql', 'tracing', 'started target')),
    async ({ startOwnTarget, freshDatabase, databases, stack, clientsFor, traces, logOf }, testInfo) => {
      folder = testInfo.outputDir;
      const secrets = {
        apiKey: canary('api-key'),
        modelKey: canary('model-key'),
        databasePassword: canary('database'),
        password: canary('password'),
        quoted: canary('quoted'),
        token: canary('token'),
      };
      planted = secrets;
      const target = await startOwnTarget({
        platform: (await freshDatabase('platform')).urls.owner,
        databases: {
          shop: databases.shop.urls.reader,
          gone: `postgres://reader:${secrets.databasePassword}@127.0.0.1:1/gone`,
        },
        model: { url: stack.model.url, apiKey: secrets.modelKey },
        settings: { 'api keys': [secrets.apiKey], 'log level': 'trace' },
      });
      const { http } = clientsFor(target);
      const account = { ...newAccount(), password: secrets.password };
      const call = traces.begin('secrets are planted');
      const headers = { ...call.headers, 'x-api-key': secrets.apiKey };
      const ask = (json: unknown, more = {}) =>
        http.request('POST', '/api/v1/sql', { json, headers: { ...headers, ...more } });
      const uri = `postgres://app:${secrets.quoted}@db.internal:5432/app`;

      const answers = [
        await http.request('POST', '/api/v1/auth/register', { json: account, headers }),
        await http.request('POST', '/api/v1/auth/login', { json: { ...account, name: 1 }, headers }),
        await ask({ question: 'How many customers are there?', database: 'shop' }),
        await ask({ question: 'How many customers are there?', database: 'gone' }),
        await ask({ question: 'How many customers are there?', database: uri }),
        await ask({ question: 'How many customers are there?' }, { 'x-api-key': secrets.token }),
        await ask({ question: 7 }, { 'x-api-key': secrets.apiKey, authorization: `Bearer ${secrets.token}` }),
        await http.request('GET', `/api/v1/sql/databases?token=${secrets.token}`, { headers }),
        await http.request('GET', '/ready'),
        await http.request('GET', '/metrics'),
        await http.request('GET', '/openapi.json'),
      ];
      call.end();
      const statuses = answers.map(({ status }) => status);
      expect([200, 422], 'status of the question: 422 if the model writes no query that works').toContain(statuses[2]);
      expect(statuses.with(2, 200)).toEqual([201, 422, 200, 503, 404, 401, 422, 200, 503, 200, 200]);

      const trace = await traces.wait(call.traceId, {
        spans: ['POST /api/v1/auth/register', 'POST /api/v1/auth/login', 'read gone', 'GET /api/v1/sql/databases'],
      });
      const log = await logOf(target);
      for (const { headers: sent } of answers.slice(0, 8)) expect(log).toContain(sent['x-request-id']);
      for (const [what, secret] of Object.entries(secrets)) {
        expect.soft(log.includes(secret), `${what} is in the log`).toBe(false);
        expect.soft(JSON.stringify(trace.spans).includes(secret), `${what} is in a span`).toBe(false);
        for (const { text, headers: sent, exchange } of answers) {
          const answer = `${text}${JSON.stringify(sent)}`;
          // A secret that a caller sends as the name of a database is repeated to that caller alone.
          if (what === 'quoted' && answer.includes('unknown_database')) continue;
          expect
            .soft(answer.includes(secret), `${what} is in the answer to ${exchange.method} ${exchange.url}`)
            .toBe(false);
        }
      }
    },
  );

  test(
    'no secret appears in the files of the report',
    requirement('SEC-03', needs('auth', 'sql', 'started target')),
    () => {
      const files = filesIn(folder);
      const exchanges = files.find(({ name }) => name === 'exchanges.json')?.text ?? '';
      expect(exchanges, 'the attached exchanges, which must show the requests of the test before').toContain(
        '/api/v1/auth/register',
      );
      for (const [what, secret] of Object.entries(planted))
        for (const { name, text } of files) expect.soft(text.includes(secret), `${what} is in ${name}`).toBe(false);
    },
  );
});
