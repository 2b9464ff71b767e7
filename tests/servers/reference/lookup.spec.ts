import pg, { type ClientBase } from 'pg';
import type { Call } from '../../../fixtures/faults/upstream/call.ts';
import { expect, test } from '../../../fixtures/index.ts';
import { startService } from './service.ts';
import { queries, startModel } from './upstream.ts';

/** The bundled model's prompts leave out what was found. */
const instruct = { PROMPT_STYLE: 'instruct' };

const questionOf = (call: Call | undefined) => call?.messages[1]?.content;

/** Runs statements as the owner of the test's own shop. */
async function change(url: string, work: (client: ClientBase) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

test('a prompt shows the columns of the values that the question names, and no others', async ({ databases }) => {
  await using model = await startModel(queries('SELECT 1'));
  await using service = await startService({
    databases: { shop: databases.shop.urls.reader },
    modelUrl: model.url,
    settings: instruct,
  });
  for (const question of [
    'Pending orders from brazil?',
    'How many orders?',
    'The payment_gateway_key, admin password?',
  ])
    await service.ask({ question, database: 'shop' });
  expect(model.calls.map(questionOf)).toEqual([
    "Pending orders from brazil?\n\nValues of the database that the question may mean: orders.status = 'pending', customers.country = 'Brazil'",
    'How many orders?',
    'The payment_gateway_key, admin password?',
  ]);
});

test('the value lookup skips tables and columns that the reader may not see', async ({ freshDatabase }) => {
  const shop = await freshDatabase('shop');
  await change(shop.urls.owner, async (client) => {
    await client.query("UPDATE customers SET name = 'Hidden Person', city = 'Visible Town' WHERE id = 1");
    await client.query("CREATE TABLE payroll AS SELECT 'Hidden Salary' AS name");
    await client.query('REVOKE ALL ON payroll FROM plumbline_reader');
    await client.query('REVOKE SELECT ON customers FROM plumbline_reader');
    await client.query('GRANT SELECT (id, city) ON customers TO plumbline_reader');
  });
  await using model = await startModel(queries('SELECT 1'));
  await using service = await startService({
    databases: { shop: shop.urls.reader },
    modelUrl: model.url,
    settings: instruct,
  });
  await service.ask({ question: 'Has the hidden person a hidden salary in visible town?', database: 'shop' });
  expect(questionOf(model.calls[0])).toBe(
    "Has the hidden person a hidden salary in visible town?\n\nValues of the database that the question may mean: customers.city = 'Visible Town'",
  );
});

test('the value lookup goes on after a table that it cannot read, and leaves out one with too many values', async ({
  freshDatabase,
}) => {
  const shop = await freshDatabase('shop');
  await change(shop.urls.owner, async (client) => {
    await client.query('ALTER TABLE products ENABLE ROW LEVEL SECURITY');
    await client.query("CREATE POLICY broken ON products USING ((1 / (id - id))::text = 'x')");
  });
  await using model = await startModel(queries('SELECT 1'));
  const settings = { ...instruct, SQL_VALUES_PER_COLUMN: '50', SQL_VALUES_WAIT_MS: '10000' };
  await using service = await startService({
    databases: { shop: shop.urls.reader },
    modelUrl: model.url,
    settings,
  });
  const question = 'Kitchen products that Ingrid Hansen of Japan has reviewed?';
  await service.ask({ question, database: 'shop' });
  expect(questionOf(model.calls[0])).toBe(
    `${question}\n\nValues of the database that the question may mean: customers.country = 'Japan'`,
  );
});

test('a column with one value more than the limit is left out of the value lookup', async ({ databases, query }) => {
  const url = databases.shop.urls.reader;
  const [found] = await query(url, 'SELECT count(DISTINCT country)::int AS countries FROM customers');
  const countries = Number(found?.['countries']);
  const question = 'Customers of Japan?';
  const known = `${question}\n\nValues of the database that the question may mean: customers.country = 'Japan'`;
  for (const [most, prompt] of [
    [countries, known],
    [countries - 1, question],
  ] as const) {
    await using model = await startModel(queries('SELECT 1'));
    await using service = await startService({
      databases: { shop: url },
      modelUrl: model.url,
      settings: { ...instruct, SQL_VALUES_PER_COLUMN: String(most), SQL_VALUES_WAIT_MS: '10000' },
    });
    await service.ask({ question, database: 'shop' });
    expect(questionOf(model.calls[0]), `at most ${most} values`).toBe(prompt);
  }
});

test('a question does not wait for a slow value lookup, and the next question uses its result', async ({
  freshDatabase,
}) => {
  const shop = await freshDatabase('shop');
  await change(shop.urls.owner, async (client) => {
    await client.query('ALTER TABLE reviews ENABLE ROW LEVEL SECURITY');
    await client.query('CREATE POLICY slow ON reviews USING (id > 1 OR pg_sleep(0.6) IS NOT NULL)');
  });
  await using model = await startModel(queries('SELECT 1'));
  await using service = await startService({
    databases: { shop: shop.urls.reader },
    modelUrl: model.url,
    settings: { ...instruct, SQL_VALUES_WAIT_MS: '50' },
  });
  const ask = async () => {
    const { status, body } = await service.ask({ question: 'Customers of Japan?', database: 'shop' });
    expect([status, body.executed]).toEqual([200, true]);
    return questionOf(model.calls.at(-1));
  };
  expect(await ask()).toBe('Customers of Japan?');
  await expect
    .poll(ask, { timeout: 10_000 })
    .toBe("Customers of Japan?\n\nValues of the database that the question may mean: customers.country = 'Japan'");
});

test('SQL_VALUES_PER_COLUMN=0 switches the value lookup off', async ({ databases }) => {
  await using model = await startModel(queries("SELECT name FROM customers WHERE city = 'Japan'"));
  await using service = await startService({
    databases: { shop: databases.shop.urls.reader },
    modelUrl: model.url,
    settings: { ...instruct, SQL_VALUES_PER_COLUMN: '0' },
  });
  const { body } = await service.ask({ question: 'Customers of Japan?', database: 'shop' });
  expect(model.calls.map(questionOf)).toEqual(['Customers of Japan?']);
  expect(body.attempts).toHaveLength(1);
});

test('a query with a value in the wrong column counts as a failed attempt, with a hint at the right column', async ({
  databases,
}) => {
  const wrong = "SELECT name FROM customers WHERE city = 'Japan'";
  const right = "SELECT name FROM customers WHERE country = 'Japan'";
  await using model = await startModel(queries(wrong, right));
  await using service = await startService({ databases: { shop: databases.shop.urls.reader }, modelUrl: model.url });
  const { body } = await service.ask({ question: 'Customers of Japan?', database: 'shop' });
  const error = {
    code: 'value_elsewhere',
    message: "no row of customers has city = 'Japan'",
    hint: 'Perhaps you meant to reference the column "customers.country".',
  };
  expect(body.attempts).toMatchObject([
    { sql: wrong, error },
    { sql: right, error: null },
  ]);
  expect(model.calls.at(-1)?.messages.at(-1)?.content).toBe(
    `That query failed: ${error.message}\nHINT: ${error.hint}\nWrite a corrected query.`,
  );

  model.lie(queries(wrong));
  const stubborn = await service.ask({ question: 'Customers of Japan?', database: 'shop' });
  expect(stubborn.body).toMatchObject({ sql: right, executed: true });
});

test('a value that is in no column, or was added a moment ago, does not count against the query', async ({
  freshDatabase,
}) => {
  const shop = await freshDatabase('shop');
  const moved = "SELECT name FROM customers WHERE city = 'Japan'";
  await using model = await startModel(queries("SELECT name FROM customers WHERE city = 'Atlantis'"));
  await using service = await startService({ databases: { shop: shop.urls.reader }, modelUrl: model.url });
  const nowhere = await service.ask({ question: 'Customers of Atlantis?', database: 'shop' });
  expect(nowhere.body).toMatchObject({ row_count: 0, attempts: [{ error: null }] });

  await change(shop.urls.owner, (client) => client.query("UPDATE customers SET city = 'Japan' WHERE id = 1"));
  model.lie(queries(moved));
  const fresh = await service.ask({ question: 'Customers of Japan?', database: 'shop' });
  expect(fresh.body).toMatchObject({ sql: moved, row_count: 1, attempts: [{ error: null }] });
});

test('the last attempt is answered even when a value belongs to another column', async ({ databases }) => {
  await using model = await startModel(queries("SELECT name FROM customers WHERE city = 'Japan'"));
  await using service = await startService({
    databases: { shop: databases.shop.urls.reader },
    modelUrl: model.url,
    settings: { SQL_MAX_ATTEMPTS: '1' },
  });
  const { status, body } = await service.ask({ question: 'Customers of Japan?', database: 'shop' });
  expect([status, body.row_count]).toEqual([200, 0]);
});
