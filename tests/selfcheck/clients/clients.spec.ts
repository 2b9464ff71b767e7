import { expect, test } from '@playwright/test';
import { modelClient, openaiStreamRules } from '../../../fixtures/clients/model.ts';
import { operationsClient } from '../../../fixtures/clients/operations.ts';
import { sqlClient, sqlStreamRules } from '../../../fixtures/clients/sql.ts';
import { defineTarget } from '../../../fixtures/target/profile/define.ts';
import { resolveProfile } from '../../../fixtures/target/profile/resolve.ts';
import { conformance } from '../../../fixtures/wire/conformance/index.ts';
import { createHttpClient, type HttpClient } from '../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../fixtures/wire/recorder.ts';
import { serve } from '../support/http-servers.ts';

const client = (baseUrl: string): HttpClient => createHttpClient({ baseUrl, recorder: createRecorder() });

const json = (body: unknown, status = 200, type = 'application/json') =>
  serve((_, response) => response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body)));

const stream = (text: string) =>
  serve((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text));

const answer = {
  id: 'q1',
  question: 'How many customers are there?',
  database: 'shop',
  sql: 'SELECT count(*) FROM customers',
  confidence: 0.93,
  executed: true,
  columns: ['count'],
  types: ['int8'],
  rows: [[500]],
  row_count: 1,
  truncated: false,
  attempts: [{ sql: 'SELECT count(*) FROM customers', error: null, ms: 2 }],
  timings: { route_ms: 1, generate_ms: 10, execute_ms: 2, total_ms: 13 },
  model: 'plumbline-tiny',
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  extra: 'tolerated',
};

test('a client returns an answer that matches its schema, with extra fields', async () => {
  await using server = await json(answer);
  await using http = client(server.url);
  const { body, exchange, status } = await sqlClient(http).ask(answer.question, { database: 'shop' });
  expect(status).toBe(200);
  expect(body).toEqual(answer);
  expect(JSON.parse(exchange.request.body?.text ?? '')).toEqual({ question: answer.question, database: 'shop' });
  expect(new URL(exchange.url).pathname).toBe('/api/v1/sql');
});

const sqlAt = (ask: string) =>
  resolveProfile(defineTarget({ name: 'other', sql: { paths: { ask } } })).capability('sql');

test('a client sends its request to the path in the profile of the target', async () => {
  await using server = await json(answer);
  await using http = client(server.url);
  const { exchange } = await sqlClient(http, sqlAt('/v2/ask')).ask('Who?');
  expect(new URL(exchange.url).pathname).toBe('/v2/ask');
});

test('a client reports an answer that does not match its schema in one error with path, expectation and body', async () => {
  await using server = await json({ ...answer, confidence: 'high', attempts: [{ sql: 1, error: null, ms: 2 }] });
  await using http = client(server.url);
  const error = await sqlClient(http)
    .ask('x')
    .catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(
    /^The answer to POST http.*\/api\/v1\/sql \(status 200\) is not a valid SQL answer:\n {2}at \.confidence: .*expected number.*\n {2}at \.attempts\[0\]\.sql: .*expected string.*\n {2}Body: \{"id":"q1"/,
  );
});

test('a client shows the body of a refusal where it expects an answer, and of an answer where it expects a refusal', async () => {
  const problem = { type: 'about:blank', title: 'Unknown database', status: 404, known: ['shop', 'clinic'] };
  await using refusing = await json(problem, 404, 'application/problem+json');
  await using http = client(refusing.url);
  await expect(sqlClient(http).ask('x')).rejects.toThrow(
    /\(status 404\) should be a SQL answer with a 2xx.\n.*Unknown database/,
  );
  expect((await sqlClient(http).refusal({ question: '' })).body).toEqual(problem);

  await using answering = await json(answer);
  await using other = client(answering.url);
  await expect(sqlClient(other).refusal({ question: '' })).rejects.toThrow(/\(status 200\) should be a refusal/);
});

test('the error message of a client redacts secrets in the URL and the body that it quotes', async () => {
  await using server = await json({ access_token: 'hunter2', title: 'shown' });
  await using http = client(server.url);
  const error = (await sqlClient(http, sqlAt('/ask?api_key=hunter2'))
    .ask('x')
    .catch((thrown: Error) => thrown)) as Error;
  expect(error.message).toContain('shown');
  expect(error.message).not.toContain('hunter2');
});

test('the error message of a client truncates a long body', async () => {
  await using server = await json({ ...answer, rows: 'x'.repeat(50_000) });
  await using http = client(server.url);
  const error = (await sqlClient(http)
    .ask('x')
    .catch((thrown: Error) => thrown)) as Error;
  expect(error.message).toMatch(/\(\d+ more characters\)$/);
  expect(error.message.length).toBeLessThan(2000);
});

test('the SQL client checks and returns each event of a stream and leaves out unknown events', async () => {
  const events = [
    ['progress', { stage: 'routing', attempt: 1 }],
    ['unheard-of', { any: 'thing' }],
    ['token', { text: 'SELECT' }],
    ['sql', { sql: 'SELECT 1', attempt: 1 }],
    ['rows', { columns: ['a'], types: ['int4'], rows: [[1]], row_count: 1, truncated: false }],
    ['done', answer],
  ] as const;
  await using server = await stream(
    events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
  );
  await using http = client(server.url);
  const sql = await sqlClient(http).stream('How many?');
  const collected = await sql.collect();
  expect(collected.map(({ name }) => name)).toEqual(['progress', 'token', 'sql', 'rows', 'done']);
  const last = collected.at(-1);
  expect(last?.name === 'done' && last.data.row_count).toBe(1);
  expect(sql.exchange.stamps.firstToken).toBe(sql.wire.record.events[2]?.at);
  expect(conformance(sql.exchange, sqlStreamRules)).toEqual([]);
});

test('a client names an event that does not match its schema by its number in the stream', async () => {
  await using server = await stream('event: token\ndata: {"text":"a"}\n\nevent: token\ndata: {"txt":"b"}\n\n');
  await using http = client(server.url);
  const sql = await sqlClient(http).stream('x');
  await expect(sql.collect()).rejects.toThrow(
    /^event 2 \(token\) of POST .* does not match its schema:\n {2}at \.text: /,
  );
});

test('a client shows the data of an event that is not JSON', async () => {
  await using server = await stream('data: {"id":\n\n');
  await using http = client(server.url);
  const chat = await modelClient(http).chatStream({ model: 'm', messages: [] });
  await expect(chat.collect()).rejects.toThrow(/event 1 \(message\) of POST .* is not JSON: .*\n {2}Data: \{"id":/);
});

test('a client shows the body of an ordinary answer where it expects a stream', async () => {
  await using server = await json({ error: { message: 'no such model' } }, 404);
  await using http = client(server.url);
  await expect(modelClient(http).chatStream({ model: 'm', messages: [] })).rejects.toThrow(
    /should be a text\/event-stream, but is application\/json.\n.*no such model/,
  );
});

test('the model client checks the chunks of a chat stream and stamps the first chunk with text as the first token', async () => {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  await using server = await stream(
    `${chunk({ role: 'assistant', content: null })}${chunk({ content: 'Hi' })}${chunk({}, 'stop')}data: [DONE]\n\n`,
  );
  await using http = client(server.url);
  const chat = await modelClient(http).chatStream({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] });
  const chunks = await chat.collect();
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hi');
  expect(chat.exchange.stamps.firstToken).toBe(chat.wire.record.events[1]?.at);
  expect(conformance(chat.exchange, openaiStreamRules)).toEqual([]);
});

test('the operations client reads the readiness from an answer with status 503', async () => {
  await using server = await json({ status: 'down', dependencies: { postgres: { status: 'down' } } }, 503);
  await using http = client(server.url);
  expect(await operationsClient(http).ready()).toMatchObject({
    status: 503,
    body: { dependencies: { postgres: { status: 'down' } } },
  });
});

test.describe('Prometheus metrics', () => {
  const text = `# HELP http_requests_total What it says, "quoted"
# TYPE http_requests_total counter
http_requests_total{method="GET",path="/a \\"b\\", {c} \\\\ \\n"} 3 1700000000000
http_requests_total{method="POST",path="/a",} 4.5e1
# TYPE latency histogram
latency_bucket{le="+Inf"} 7 # {trace_id="x"} 0.67
latency_sum NaN

up 1
drift -Inf
# EOF`;

  const scrape = async (body: string) => {
    await using server = await serve((_, response) => response.end(body));
    await using http = client(server.url);
    return (await operationsClient(http).metrics()).body;
  };

  test('the operations client parses metrics with labels, escapes, special values and exemplars', async () => {
    const metrics = await scrape(text);
    expect(metrics.types).toEqual({ http_requests_total: 'counter', latency: 'histogram' });
    expect(metrics.samples[0]?.labels).toEqual({ method: 'GET', path: '/a "b", {c} \\ \n' });
    expect(metrics.value('http_requests_total')).toBe(48);
    expect(metrics.value('http_requests_total', { method: 'POST' })).toBe(45);
    expect(metrics.value('latency_bucket', { le: '+Inf' })).toBe(7);
    expect(metrics.value('latency_sum')).toBeNaN();
    expect(metrics.value('drift')).toBe(Number.NEGATIVE_INFINITY);
    expect(metrics.value('absent')).toBeUndefined();
  });

  for (const line of ['no value', 'x{a=b} 1', 'x{a="b" 1', '9x 1', 'x one'])
    test(`the operations client refuses the invalid metrics line "${line}" with its line number`, async () => {
      await expect(scrape(`up 1\n${line}\n`)).rejects.toThrow('metrics line 2 is not a valid sample');
    });
});
