import pg from 'pg';
import type { Lie } from '../../../fixtures/faults/upstream/call.ts';
import type { Script } from '../../../fixtures/faults/upstream/plays.ts';
import { chunkEvent, expect, lies, test } from '../../../fixtures/index.ts';
import { startService } from './service.ts';
import { purposeOf, queries, startModel } from './upstream.ts';

const nowhere = 'http://127.0.0.1:1';
const threeNames = 'SELECT name FROM customers ORDER BY id LIMIT 3';
/** A stream of exactly these events, which then ends. */
const sends = (...events: string[]): Lie => {
  const script: Script = async ({ write, end }) => {
    for (const event of events) await write(event);
    end();
  };
  return lies.plays(script);
};

test.describe('failures of the model server', () => {
  const rows: [title: string, lie: Lie, status: number, code: string, headers?: Record<string, string>][] = [
    ['an internal error', lies.status(500, { message: 'boom' }), 502, 'model_bad_response'],
    ['a wrong API key', lies.status(401), 502, 'model_bad_response'],
    ['a busy response', lies.status(503, { retryAfter: 7 }), 503, 'model_unavailable', { 'retry-after': '7' }],
    ['a rate limit', lies.body('{}', { status: 429 }), 503, 'model_unavailable', { 'retry-after': '1' }],
    ['JSON in place of a stream', lies.body('{"choices":[]}'), 502, 'model_bad_response'],
    ['a page of HTML', lies.html(), 502, 'model_bad_response'],
    ['an event that is not JSON', sends('data: {bad\n\n'), 502, 'model_bad_response'],
    ['an event of another kind', sends('data: {"a":1}\n\n'), 502, 'model_bad_response'],
    [
      'an error in mid-stream',
      sends(chunkEvent({ content: 'SEL' }), 'data: {"error":{"message":"x"}}\n\n'),
      502,
      'model_bad_response',
    ],
    ['a stream cut short', sends(chunkEvent({ content: 'SELECT' })), 502, 'model_bad_response'],
    ['an empty answer', lies.empty(), 502, 'model_bad_response'],
    ['a connection reset', lies.reset(), 503, 'model_unavailable'],
    ['no response', lies.silence(), 504, 'model_timeout'],
    ['no event after the headers', lies.stall(), 504, 'model_timeout'],
    [
      'a context overflow',
      lies.status(400, { code: 'context_length_exceeded', message: 'too long' }),
      422,
      'question_too_long',
    ],
  ];
  for (const [title, lie, status, code, headers = {}] of rows)
    test(`${title} from the model server is answered with ${status} ${code}`, async ({ databases }) => {
      await using model = await startModel(lie);
      await using service = await startService({
        databases: { shop: databases.shop.urls.reader },
        modelUrl: model.url,
        settings: { MODEL_TIMEOUT_MS: '400' },
      });
      const failed = await service.ask({ question: 'Three names?' });
      expect([failed.status, failed.body.code]).toEqual([status, code]);
      expect(failed.headers.get('content-type')).toContain('application/problem+json');
      expect(Object.fromEntries(failed.headers)).toMatchObject(headers);
      const streamed = await service.ask({ question: 'Three names?', stream: true });
      expect(streamed.events.at(-1)).toMatchObject({ name: 'error', data: { status, code } });

      model.lie(queries(threeNames));
      expect((await service.ask({ question: 'Three names?' })).status).toBe(200);
    });
});

test('a repair prompt that exceeds the context ends the attempts and is not reported as question_too_long', async ({
  databases,
}) => {
  await using model = await startModel(lies.says('shop'));
  model.lie(lies.status(400, { code: 'context_length_exceeded' }), { when: (call) => purposeOf(call) === 'repair' });
  await using service = await startService({ databases: { shop: databases.shop.urls.reader }, modelUrl: model.url });
  const { status, body } = await service.ask({ question: 'x' });
  expect([status, body.code, body.attempts.length]).toEqual([422, 'sql_generation_failed', 1]);
});

test('a question gets a fast 503 when no model server answers', async ({ databases }) => {
  await using service = await startService({ databases: { shop: databases.shop.urls.reader }, modelUrl: nowhere });
  const started = performance.now();
  const { status, body, headers } = await service.ask({ question: 'x' });
  expect([status, body.code, body.dependency, headers.get('retry-after')]).toEqual([
    503,
    'model_unavailable',
    'model',
    '1',
  ]);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('a model server that fails in mid-stream ends the stream with one error event', async ({ databases }) => {
  await using model = await startModel(queries());
  model.lie(sends(chunkEvent({ content: 'SELECT na' })), { when: (call) => purposeOf(call) === 'sql' });
  await using service = await startService({ databases: { shop: databases.shop.urls.reader }, modelUrl: model.url });
  const { status, events } = await service.ask({ question: 'Three names?', stream: true });
  expect(status).toBe(200);
  expect(events.map(({ name }) => name)).toEqual(['progress', 'database', 'progress', 'token', 'error']);
});

test('a question for an unreachable database gets a fast 503, and the other database still answers', async ({
  databases,
}) => {
  await using model = await startModel(queries(threeNames));
  const gone = 'postgres://reader:hush@127.0.0.1:1/gone';
  const both = { shop: databases.shop.urls.reader, gone };
  await using service = await startService({ databases: both, modelUrl: model.url });
  const { status, headers, body } = await service.ask({ question: 'x', database: 'gone' });
  expect([status, body.code, body.dependency]).toEqual([503, 'database_unavailable', 'postgres:gone']);
  expect(headers.get('retry-after')).toBe('1');
  expect((await service.ask({ question: 'x' })).status).toBe(200);
  // That nobody can answer is not known while one of them cannot be asked.
  model.lie(lies.says('none'));
  expect((await service.ask({ question: 'x' })).status).toBe(503);
  expect(service.log.join('')).not.toContain('hush');
});

test('a query that exceeds its time limit is cancelled, and the answer is a 504 that lists it', async ({
  databases,
}) => {
  await using model = await startModel(queries('SELECT pg_sleep(30)'));
  const settings = { SQL_STATEMENT_TIMEOUT_MS: '200' };
  const shop = databases.shop.urls.reader;
  await using service = await startService({ databases: { shop }, modelUrl: model.url, settings });
  const { status, body } = await service.ask({ question: 'Slow' });
  expect([status, body.code, body.attempts.length]).toEqual([504, 'statement_timeout', 1]);
  expect(body.attempts[0].error.code).toBe('57014');
  model.lie(queries(threeNames));
  expect((await service.ask({ question: 'Three names?' })).status).toBe(200);
});

test('a connection that Postgres closes, idle or in mid-query, is replaced without an error', async ({
  databases,
  freshDatabase,
}) => {
  const shop = await freshDatabase('shop');
  await using model = await startModel(queries(threeNames));
  const both = { shop: shop.urls.reader, clinic: databases.clinic.urls.reader };
  await using service = await startService({ databases: both, modelUrl: model.url });
  await service.ask({ question: 'Three names?' });
  expect(await terminate(shop.urls.admin, shop.database)).toBe(1);
  expect((await service.ask({ question: 'Three names?' })).status).toBe(200);

  model.lie(queries('SELECT pg_sleep(0.5)'));
  const interrupted = service.ask({ question: 'Slow' });
  await expect.poll(() => running(shop.urls.admin, shop.database), { intervals: [20] }).toBe(1);
  expect(await terminate(shop.urls.admin, shop.database)).toBe(1);
  expect((await interrupted).body).toMatchObject({ executed: true, attempts: [{ error: null }] });
});

test('a database that stops leads to 503 and is listed as down, and is used again once it is back', async ({
  databases,
  freshDatabase,
}) => {
  const shop = await freshDatabase('shop');
  await using model = await startModel(queries(threeNames));
  const both = { shop: shop.urls.reader, clinic: databases.clinic.urls.reader };
  await using service = await startService({ databases: both, modelUrl: model.url });
  await service.ask({ question: 'Three names?' });
  const statuses = async () => {
    const response = await fetch(`${service.url}/api/v1/sql/databases`);
    const { databases } = (await response.json()) as { databases: { status: string; tables: object[] }[] };
    return databases.map(({ status, tables }) => `${status} ${tables.length}`);
  };
  const allow = (connections: boolean) =>
    query(shop.urls.admin, `ALTER DATABASE "${shop.database}" ALLOW_CONNECTIONS ${connections}`, []);

  await allow(false);
  await terminate(shop.urls.admin, shop.database);
  const { status, body } = await service.ask({ question: 'Three names?' });
  expect([status, body.dependency]).toEqual([503, 'postgres:shop']);
  expect(await statuses()).toEqual(['down 5', 'up 5']);
  await allow(true);
  expect((await service.ask({ question: 'Three names?' })).status).toBe(200);
  expect(await statuses()).toEqual(['up 5', 'up 5']);
});

test('a client that disconnects stops its generation and its query', async ({ freshDatabase }) => {
  const shop = await freshDatabase('shop');
  const gone = Promise.withResolvers<void>();
  await using model = await startModel(lies.plays(({ left }) => left.addEventListener('abort', () => gone.resolve())));
  const settings = { SQL_STATEMENT_TIMEOUT_MS: '20000' };
  await using service = await startService({ databases: { shop: shop.urls.reader }, modelUrl: model.url, settings });

  const first = new AbortController();
  const waiting = service.post({ question: 'x' }, { signal: first.signal });
  await expect.poll(() => model.calls.length).toBe(1);
  first.abort();
  await expect(waiting).rejects.toThrow();
  await gone.promise;

  model.lie(queries('SELECT pg_sleep(20)'));
  const second = new AbortController();
  const sleeping = service.post({ question: 'x', stream: true }, { signal: second.signal }).then((r) => r.text());
  await expect.poll(() => running(shop.urls.admin, shop.database)).toBe(1);
  second.abort();
  await expect(sleeping).rejects.toThrow();
  await expect.poll(() => running(shop.urls.admin, shop.database)).toBe(0);
  await expect.poll(() => service.metric('sql_questions_total{outcome="client_closed_request"}')).toBe(2);
  expect(await service.metric('http_requests_in_flight')).toBe(0);
  const closed = 'http_request_duration_seconds_count{method="POST",route="/api/v1/sql",status="499"}';
  expect(await service.metric(closed)).toBe(2);
});

test('comments keep a stream alive during long work', async ({ databases }) => {
  await using model = await startModel(queries('SELECT pg_sleep(0.3)'));
  const settings = { SSE_HEARTBEAT_MS: '50' };
  const shop = databases.shop.urls.reader;
  await using service = await startService({ databases: { shop }, modelUrl: model.url, settings });
  const { text } = await service.ask({ question: 'Slow', stream: true });
  expect(text.match(/^: still working$/gm)?.length).toBeGreaterThanOrEqual(3);
});

async function query<T>(url: string, sql: string, values: unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql, values);
  await client.end();
  return rows;
}

/** Closes the service's connections to a database; says how many. */
const terminate = async (admin: string, database: string) =>
  (
    await query(
      admin,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2',
      ['plumbline-reference', database],
    )
  ).length;

/** How many of the service's sessions in a database are running a statement that matches. */
const running = async (admin: string, database: string) =>
  (
    await query(
      admin,
      `SELECT pid FROM pg_stat_activity
        WHERE application_name = $1 AND datname = $2 AND state = 'active' AND wait_event = 'PgSleep'`,
      ['plumbline-reference', database],
    )
  ).length;
