import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, lies, test } from '../../../fixtures/index.ts';
import { startService } from './service.ts';
import { queries, startModel } from './upstream.ts';

const threeNames = 'SELECT name FROM customers ORDER BY id LIMIT 3';
const gone = 'postgres://nobody@127.0.0.1:1/gone';
const nowhere = 'http://127.0.0.1:1';

test.describe('bad requests', () => {
  const json = { 'content-type': 'application/json' };
  const rows: [title: string, init: RequestInit, status: number, detail: RegExp][] = [
    ['a request without a question', { body: '{}' }, 422, /question/],
    ['an empty question', { body: '{"question":""}' }, 422, /question/],
    ['a blank question', { body: '{"question":" \\n "}' }, 422, /question/],
    ['a question that is a number', { body: '{"question":7}' }, 422, /question/],
    ['a question with NUL', { body: '{"question":"a\\u0000b"}' }, 422, /question.*NUL/],
    ['a question with half a surrogate pair', { body: '{"question":"a\\ud800b"}' }, 422, /question.*Unicode/],
    ['a question of 2001 characters', { body: JSON.stringify({ question: 'x'.repeat(2001) }) }, 422, /question.*2000/],
    ['an unknown field', { body: '{"question":"x","databse":"shop"}' }, 422, /databse/],
    ['stream as a string', { body: '{"question":"x","stream":"yes"}' }, 422, /stream/],
    ['a request without a body', { method: 'POST', headers: {} }, 422, /body/],
    ['a body that is not JSON', { body: '{question' }, 400, /JSON/],
    ['an empty body', { body: '' }, 400, /empty/],
    ['a text as body', { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, /application\/json/],
    ['a huge question', { body: JSON.stringify({ question: 'x'.repeat(100_000) }) }, 422, /question.*2000/],
    ['a huge body', { body: JSON.stringify({ question: 'x'.repeat(262_144) }) }, 413, /large/],
    ['an unknown database', { body: '{"question":"x","database":"no","stream":true}' }, 404, /"no".*gone/],
    ['GET of the SQL route', { method: 'GET' }, 405, /POST/],
    ['PUT of XML', { method: 'PUT', body: '<a/>', headers: { 'content-type': 'text/xml' } }, 405, /POST/],
  ];
  for (const [title, init, status, detail] of rows)
    test(`the reference service refuses ${title} with ${status} and names the fault`, async () => {
      await using service = await startService({ databases: { gone }, modelUrl: nowhere });
      const headers = init.method === 'GET' ? {} : json;
      const response = await fetch(`${service.url}/api/v1/sql`, { method: 'POST', headers, ...init });
      const problem = await response.json();
      expect(problem).toMatchObject({ status, instance: '/api/v1/sql', detail: expect.stringMatching(detail) });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
    });
});

test('a question of 2000 characters outside the basic plane is accepted', async () => {
  await using service = await startService({ databases: { gone }, modelUrl: nowhere });
  const { status } = await service.ask({ question: '😀'.repeat(2000), database: 'gone' });
  expect(status).toBe(503);
});

test('a request keeps its id and its trace in calls to the model server and in the log', async ({ databases }) => {
  await using model = await startModel(queries(threeNames));
  await using service = await startService({ databases: { shop: databases.shop.urls.reader }, modelUrl: model.url });
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const headers = {
    'x-request-id': 'mine.1',
    traceparent: `00-${trace}-b7ad6b7169203331-01`,
    tracestate: 'a=b',
    authorization: 'Bearer very-secret-token',
  };
  const answer = await service.ask({ question: 'Three names?' }, { headers });
  expect(answer.headers.get('x-request-id')).toBe('mine.1');
  for (const asked of model.calls) {
    expect(asked.headers['traceparent']).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(asked.headers['tracestate']).toBe('a=b');
    expect(asked.headers['x-request-id']).toBe('mine.1');
  }
  const line = service.log.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'request done');
  expect(line).toMatchObject({ request_id: 'mine.1', trace_id: trace, status: 200, route: '/api/v1/sql' });
  expect(service.log.join('')).not.toContain('very-secret');

  const odd = await fetch(`${service.url}/health`, { headers: { 'x-request-id': 'two words' } });
  expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('readiness distinguishes up, degraded and down', async ({ databases }) => {
  await using model = await startModel(queries(threeNames));
  const shop = databases.shop.urls.reader;
  const ready = async (options: Parameters<typeof startService>[0]) => {
    await using service = await startService(options);
    const response = await fetch(`${service.url}/ready`);
    const { status, dependencies } = (await response.json()) as {
      status: string;
      dependencies: Record<string, { status: string }>;
    };
    return [response.status, status, ...Object.values(dependencies).map((one) => one.status)];
  };
  const modelUrl = model.url;
  expect(await ready({ databases: { shop }, modelUrl })).toEqual([200, 'up', 'up', 'up']);
  const settings = { MODEL_ID: 'another' };
  expect(await ready({ databases: { shop }, modelUrl, settings })).toEqual([200, 'degraded', 'degraded', 'up']);
  expect(await ready({ databases: { shop, gone }, modelUrl })).toEqual([503, 'down', 'up', 'up', 'down']);
  expect(await ready({ databases: { shop }, modelUrl: nowhere })).toEqual([503, 'down', 'down', 'up']);
});

test('the metrics of the reference service change by exactly the work that it did', async ({ databases }) => {
  await using model = await startModel(queries(threeNames));
  await using service = await startService({ databases: { shop: databases.shop.urls.reader }, modelUrl: model.url });
  const { body } = await service.ask({ question: 'Three names?' });
  const route = 'method="POST",route="/api/v1/sql",status="200"';
  expect(await service.metric(`http_request_duration_seconds_count{${route}}`)).toBe(1);
  expect(await service.metric('sql_attempts_total{database="shop",outcome="ok"}')).toBe(1);
  expect(await service.metric('sql_questions_total{outcome="answered"}')).toBe(1);
  const tokens = (kind: string) =>
    Promise.all(
      ['route', 'generate'].map((p) =>
        service.metric(`model_tokens_total{purpose="${p}",kind="${kind}",model="plumbline-tiny"}`),
      ),
    );
  expect((await tokens('prompt')).reduce((a, b) => a + b)).toBe(body.usage.prompt_tokens);
  expect((await tokens('completion')).reduce((a, b) => a + b)).toBe(body.usage.completion_tokens);
  expect(await service.metric('http_requests_in_flight')).toBe(0);
});

test('a scrape that names metrics gets only these, and unknown names are left out', async () => {
  await using service = await startService({ databases: { gone }, modelUrl: nowhere });
  const scrape = async (query: string) => {
    const response = await fetch(`${service.url}/metrics?${query}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/plain/),
    ]);
    return [...(await response.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  };
  expect(await scrape('name[]=http_requests_in_flight')).toEqual(['http_requests_in_flight']);
  expect(await scrape('name[]=model_tokens_total&name[]=http_requests_in_flight&name[]=constructor')).toEqual([
    'http_requests_in_flight',
    'model_tokens_total',
  ]);
  expect(await scrape('name[]=no_such_metric')).toEqual([]);
  expect((await scrape('')).length).toBeGreaterThan(20);
});

type Response = { content: Record<string, unknown>; headers: Record<string, unknown> };
type Post = { requestBody: { content: Record<string, { schema: unknown }> }; responses: Record<string, Response> };
type OpenApi = { openapi: string; paths: { '/api/v1/sql': { post: Post } } };

test('the OpenAPI document lists every route, body, error and header', async () => {
  await using service = await startService({ databases: { gone }, modelUrl: nowhere });
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenApi;
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual([
    '/health',
    '/ready',
    '/metrics',
    '/api/v1/sql',
    '/api/v1/sql/databases',
    '/v1/presets',
    '/v1/presets/{name}/load',
    '/v1/models',
    '/v1/models/{id}',
    '/v1/models/{id}/load',
    '/v1/models/{id}/unload',
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/embeddings',
    '/api/v1/backends',
  ]);
  const { requestBody, responses } = document.paths['/api/v1/sql'].post;
  expect(requestBody.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/SqlRequestInput' });
  expect(Object.keys(responses)).toEqual(['200', '400', '404', '413', '415', '422', '429', '500', '502', '503', '504']);
  expect(Object.keys(responses['200']?.content ?? {})).toEqual(['application/json', 'text/event-stream']);
  for (const status of ['400', '404', '422', '503'])
    expect(Object.keys(responses[status]?.content ?? {})).toEqual(['application/problem+json']);
  expect(responses['503']?.headers).toMatchObject({ 'X-Request-Id': {}, 'Retry-After': {} });
});

test.describe('the process of the reference service', () => {
  const started: ChildProcess[] = [];
  test.afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  const start = (env: Record<string, string>) => {
    const main = fileURLToPath(new URL('../../../servers/reference/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...env } });
    started.push(child);
    const output = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      output.out += text;
    });
    child.stderr.on('data', (text) => {
      output.err += text;
    });
    return { child, output, exit: once(child, 'exit') };
  };
  const listening = async ({ output }: ReturnType<typeof start>): Promise<string> => {
    await expect.poll(() => output.out + output.err, { timeout: 15_000 }).toContain('"event":"listening"');
    const line = output.out.split('\n').find((text) => text.includes('"listening"')) ?? '{}';
    return JSON.parse(line).url;
  };

  test('the reference service refuses a bad environment with every fault and without the values', async () => {
    const { output, exit } = start({ MODEL_SERVER_URL: 'ftp://x', SQL_DATABASES: '{"a":"hush"}', PORT: '99999' });
    expect((await exit)[0]).toBe(1);
    for (const name of ['MODEL_SERVER_URL', 'SQL_DATABASES', 'PORT']) expect(output.err).toContain(name);
    expect(output.err).not.toContain('hush');
  });

  test('the reference service finishes requests in flight on SIGTERM, refuses new ones, and exits', async ({
    databases,
  }) => {
    await using model = await startModel(queries('SELECT pg_sleep(1)'));
    const SQL_DATABASES = JSON.stringify({ shop: databases.shop.urls.reader });
    const service = start({ MODEL_SERVER_URL: model.url, SQL_DATABASES, LOG_LEVEL: 'silent' });
    const url = await listening(service);
    const ask = () =>
      fetch(`${url}/api/v1/sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"question":"Slow"}',
      });
    const inFlight = ask();
    await expect.poll(() => model.calls.length).toBe(2);
    service.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(503);
    const refused = await ask();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'shutting_down' });
    expect(await (await inFlight).json()).toMatchObject({ executed: true });
    expect((await service.exit)[0]).toBe(0);
  });

  test('the reference service ends a stream that outlasts the drain time with an error event', async ({
    databases,
  }) => {
    await using model = await startModel(lies.silence());
    const SQL_DATABASES = JSON.stringify({ shop: databases.shop.urls.reader });
    const service = start({ MODEL_SERVER_URL: model.url, SQL_DATABASES, SHUTDOWN_TIMEOUT_MS: '800' });
    const url = await listening(service);
    const stream = fetch(`${url}/api/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"question":"Slow","stream":true}',
    }).then((response) => response.text());
    await expect.poll(() => model.calls.length).toBe(1);
    service.child.kill('SIGTERM');
    const asked = performance.now();
    expect(await stream).toMatch(/event: error\ndata: .*shutting_down.*\n\n$/);
    expect((await service.exit)[0]).toBe(0);
    expect(performance.now() - asked).toBeLessThan(1_500);
  });
});
