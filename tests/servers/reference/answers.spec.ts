import pg from 'pg';
import { expect, lies, test } from '../../../fixtures/index.ts';
import { startService } from './service.ts';
import { purposeOf, queries, startModel } from './upstream.ts';

const threeNames = 'SELECT name FROM customers ORDER BY id LIMIT 3';

const urls = ({ shop, clinic }: Record<'shop' | 'clinic', { urls: { reader: string } }>) => ({
  shop: shop.urls.reader,
  clinic: clinic.urls.reader,
});

test('the reference service routes a question, writes SQL, and answers with typed rows', async ({ databases }) => {
  const sql = 'SELECT id, total, status, ordered_at, shipped_date FROM orders ORDER BY id LIMIT 1';
  await using model = await startModel(queries(sql));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const { status, body } = await service.ask({ question: 'The first order?' });

  expect(status).toBe(200);
  expect(body).toMatchObject({ database: 'shop', sql, executed: true, reason: null, row_count: 1, truncated: false });
  expect(body.types).toEqual(['int4', 'numeric', 'order_status', 'timestamptz', 'date']);
  expect(body.rows[0]).toEqual([
    1,
    expect.stringMatching(/^\d+\.\d\d$/),
    expect.stringMatching(/^(pending|shipped|delivered|cancelled|returned)$/),
    expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    body.rows[0][4] === null ? null : expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  ]);
  expect(body.attempts).toEqual([{ sql, error: null, ms: expect.any(Number) }]);
  expect(body.confidence).toBeCloseTo(0.999 ** 2, 3);
  expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
});

test('the reference service sends the prompts that the bundled model was trained on', async ({ databases }) => {
  await using model = await startModel(queries(threeNames));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  await service.ask({ question: '  Three names?  ' });

  const [route, sql] = model.calls.map(({ messages }) => messages);
  expect(route).toEqual([
    {
      role: 'system',
      content:
        'Name the database that can answer the question, or none.\n' +
        'shop: customers, products, orders, order_items, reviews\n' +
        'clinic: patients, doctors, appointments, diagnoses, prescriptions',
    },
    { role: 'user', content: 'Three names?' },
  ]);
  const lines = sql?.[0]?.content.split('\n');
  expect(lines?.[0]).toBe('Write one PostgreSQL query that answers the question.');
  expect(lines?.[1]).toBe(
    'customers(id int, name text, email text, country text, city text, signup_date date, birth_date date, ' +
      'loyalty_points int, is_active bool)',
  );
  expect(lines?.[3]).toBe(
    'orders(id int, customer_id int -> customers, ordered_at timestamptz, ' +
      'status pending|shipped|delivered|cancelled|returned, payment_method card|paypal|transfer|cash, ' +
      'shipped_date date, total numeric)',
  );
  expect(lines).toHaveLength(6);
  expect(model.calls.map(({ body }) => [body?.['temperature'], body?.['seed']])).toEqual([
    [0, 42],
    [0, 42],
  ]);
});

test('a question that names its database is not routed', async ({ databases }) => {
  await using model = await startModel(queries('SELECT count(*) FROM doctors'));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const { body } = await service.ask({ question: 'How many doctors?', database: 'clinic' });
  expect(body).toMatchObject({ database: 'clinic', executed: true, timings: { route_ms: expect.any(Number) } });
  expect(model.calls.map(purposeOf)).toEqual(['sql']);
});

test('a streamed answer reports every step and ends with the plain answer', async ({ databases }) => {
  await using model = await startModel(queries('SELECT nam FROM customers', threeNames));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const plain = await service.ask({ question: 'Three names?' });
  const streamed = await service.ask({ question: 'Three names?', stream: true });

  const steps = streamed.events.filter(({ name }) => name !== 'token');
  expect(steps.map(({ name, data }) => (name === 'progress' ? `${data['stage']} ${data['attempt']}` : name))).toEqual([
    'routing 1',
    'database',
    'generating 1',
    'sql',
    'executing 1',
    'repairing 2',
    'sql',
    'executing 2',
    'rows',
    'done',
  ]);
  expect(streamed.events.map(({ id }) => id)).toEqual(streamed.events.map((_, index) => String(index + 1)));
  const tokens = streamed.events.filter(({ name }) => name === 'token').map(({ data }) => data['text']);
  expect(tokens.join('')).toBe(`SELECT nam FROM customers${threeNames}`);
  const timeless = (body: Record<string, unknown>) => ({ ...body, id: 0, timings: 0, attempts: 0 });
  expect(timeless(streamed.events.at(-1)?.data ?? {})).toEqual(timeless(plain.body));
});

test('a query that fails on a changed schema is repaired with the new schema', async ({ databases, freshDatabase }) => {
  const shop = await freshDatabase('shop');
  await using model = await startModel(
    queries('SELECT signup_date FROM customers LIMIT 1', 'SELECT signed_up_date FROM customers LIMIT 1'),
  );
  const modelUrl = model.url;
  await using service = await startService({ databases: { ...urls(databases), shop: shop.urls.reader }, modelUrl });
  await service.ask({ question: 'When did somebody sign up?' });
  const owner = new pg.Client({ connectionString: shop.urls.owner });
  await owner.connect();
  await owner.query('ALTER TABLE customers RENAME COLUMN signup_date TO signed_up_date');
  await owner.end();

  const { body } = await service.ask({ question: 'When did somebody sign up?' });
  expect(body.attempts[0]?.error).toMatchObject({ code: '42703', message: 'column "signup_date" does not exist' });
  expect(body).toMatchObject({ executed: true, columns: ['signed_up_date'] });
  const repair = model.calls.at(-1)?.messages;
  expect(repair?.[0]?.content).toContain('signed_up_date date');
  expect(repair?.[2]).toEqual({ role: 'assistant', content: 'SELECT signup_date FROM customers LIMIT 1' });
  expect(repair?.[3]?.content).toMatch(
    /^That query failed: column "signup_date" does not exist\nHINT: .*\nWrite a corrected query\.$/,
  );
});

test('the reference service gives up after the configured attempts, and the next question works', async ({
  databases,
}) => {
  await using model = await startModel(queries('SELECT nothing FROM nowhere'));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const failed = await service.ask({ question: 'Nonsense' });
  expect(failed.status).toBe(422);
  expect(failed.body.type).toBe('urn:plumbline:problem:sql_generation_failed');
  expect(failed.body.attempts.map(({ error }: { error: { code: string } }) => error.code)).toEqual(
    Array(3).fill('42P01'),
  );
  // The third try is let off temperature 0: the model had repeated itself.
  expect(model.calls.filter((call) => purposeOf(call) !== 'route').map(({ body }) => body?.['temperature'])).toEqual([
    0, 0, 0.5,
  ]);
  model.lie(queries(threeNames));
  expect((await service.ask({ question: 'Three names?' })).body.row_count).toBe(3);
});

test('a generated query that writes is refused and repaired, and changes no data', async ({ databases }) => {
  await using model = await startModel(queries('DELETE FROM reviews', 'SELECT count(*) FROM reviews'));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const { body } = await service.ask({ question: 'Remove all reviews' });
  expect(body.attempts[0].error.code).toBe('not_read_only');
  expect(body.rows[0][0]).toBeGreaterThan(0);
});

test('a result beyond the row limit is truncated and marked as truncated', async ({ databases }) => {
  await using model = await startModel(queries('SELECT id FROM orders ORDER BY id'));
  const settings = { SQL_MAX_ROWS: '5' };
  await using service = await startService({ databases: urls(databases), modelUrl: model.url, settings });
  const { body } = await service.ask({ question: 'All orders' });
  expect(body).toMatchObject({ row_count: 5, truncated: true, rows: [[1], [2], [3], [4], [5]] });
});

test('a result beyond the byte limit counts as a failed attempt, and its connection is replaced', async ({
  databases,
}) => {
  await using model = await startModel(queries("SELECT repeat('x', 3000000)", threeNames));
  const settings = { SQL_MAX_RESULT_BYTES: '1000000' };
  await using service = await startService({ databases: urls(databases), modelUrl: model.url, settings });
  const { body } = await service.ask({ question: 'Much' });
  expect(body.attempts[0].error.code).toBe('result_too_large');
  expect(body.row_count).toBe(3);
});

test('a question that no database can answer gets no confident answer', async ({ databases }) => {
  await using model = await startModel(lies.says({ text: 'none', logprob: -0.1 }));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const { status, body } = await service.ask({ question: 'What is the meaning of life?' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ database: null, sql: null, executed: false, rows: null, reason: 'no_database' });
  expect(body.confidence).toBeLessThan(0.5);
});

test('a database whose name the router nearly gave is queried, without confidence', async ({ databases }) => {
  const first = (token: string, probability: number) => [
    { token: 'none', logprob: Math.log(1 - probability) },
    { token, logprob: Math.log(probability) },
  ];
  const route = (token: string, probability: number) =>
    lies.says((call) =>
      purposeOf(call) === 'route'
        ? { text: 'none', logprob: Math.log(1 - probability), first: first(token, probability) }
        : { text: threeNames, logprob: -0.01 },
    );
  await using model = await startModel(route('sh', 0.3));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const answer = async () => (await service.ask({ question: 'Names?' })).body;
  expect(await answer()).toMatchObject({ database: 'shop', sql: threeNames, executed: true });
  expect((await answer()).confidence).toBeCloseTo(0.297, 3);
  model.lie(route('sh', 0.1));
  expect(await answer()).toMatchObject({ database: null, sql: null, reason: 'no_database', confidence: 0.1 });
  model.lie(route('shopping', 0.3));
  expect(await answer()).toMatchObject({ database: null, reason: 'no_database' });
});

test('a query with too little confidence is shown and not run', async ({ databases }) => {
  await using model = await startModel(queries({ text: threeNames, logprob: -3 }));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const { body } = await service.ask({ question: 'Hm' });
  expect(body).toMatchObject({ sql: threeNames, executed: false, rows: null, reason: 'low_confidence' });
});

test('a question with execute: false gets a query that is not run', async ({ databases }) => {
  await using model = await startModel(queries(threeNames));
  await using service = await startService({ databases: urls(databases), modelUrl: model.url });
  const { body } = await service.ask({ question: 'Three names?', execute: false });
  expect(body).toMatchObject({ sql: threeNames, executed: false, rows: null, reason: 'not_requested' });
});

test('the list of databases has tables, columns, enums and keys', async ({ databases }) => {
  await using model = await startModel(queries(''));
  const gone = 'postgres://nobody@127.0.0.1:1/gone';
  await using service = await startService({ databases: { ...urls(databases), gone }, modelUrl: model.url });
  const list = (await (await fetch(`${service.url}/api/v1/sql/databases`)).json()) as { databases: object[] };
  expect(list.databases).toMatchObject([
    { name: 'shop', status: 'up' },
    { name: 'clinic', status: 'up' },
    { name: 'gone', status: 'down', tables: [] },
  ]);
  const [shop] = list.databases as [{ tables: { name: string; columns: object[] }[] }];
  expect(shop.tables.map(({ name }) => name)).toEqual(['customers', 'products', 'orders', 'order_items', 'reviews']);
  expect(shop.tables[2]?.columns).toContainEqual({
    name: 'customer_id',
    type: 'int',
    nullable: false,
    references: 'customers',
  });
});
