import { test as base, expect } from '../../../../fixtures/index.ts';
import { createJudge, type Judge } from '../../../../fixtures/judge/sql/judge.ts';
import type { VerdictKind } from '../../../../fixtures/judge/sql/rows/types.ts';

const test = base.extend<{ shop: Judge }>({
  shop: async ({ databases }, use) => {
    const urls = { A: databases.shop.urls.reader, B: databases.shop_b.urls.reader };
    await using judge = createJudge(urls, { timeoutMs: 1_000, maxRows: 5_000 });
    await use(judge);
  },
});

test.describe('verdicts on a candidate query', () => {
  const rows: [title: string, gold: string, candidate: string, kind: VerdictKind][] = [
    ['the same query in other words', 'SELECT COUNT(*) FROM orders', 'select sum(1)::int as n from orders', 'equal'],
    [
      'a left join in place of NOT EXISTS',
      'SELECT name FROM products p WHERE NOT EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = p.id)',
      'SELECT p.name FROM products p LEFT JOIN reviews r ON r.product_id = p.id WHERE r.id IS NULL',
      'equal',
    ],
    [
      'an average computed as sum by count',
      'SELECT AVG(rating) FROM reviews',
      'SELECT SUM(rating)::numeric / COUNT(*) FROM reviews',
      'equal',
    ],
    ['an average of floats', 'SELECT AVG(price) FROM products', 'SELECT AVG(price::float8) FROM products', 'equal'],
    [
      'an integer division in place of an average',
      'SELECT AVG(rating) FROM reviews',
      'SELECT SUM(rating) / COUNT(*) FROM reviews',
      'rows',
    ],
    ['a query with one column too many', 'SELECT name FROM products', 'SELECT name, price FROM products', 'columns'],
    [
      'a year as text in place of a number',
      'SELECT EXTRACT(YEAR FROM ordered_at) FROM orders',
      "SELECT to_char(ordered_at, 'YYYY') FROM orders",
      'types',
    ],
    [
      'an empty result with the wrong type',
      'SELECT id FROM orders WHERE id < 0',
      'SELECT status FROM orders WHERE id < 0',
      'types',
    ],
    [
      'a join that multiplies rows',
      'SELECT c.name FROM customers c',
      'SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id',
      'row-count',
    ],
    [
      'a query with the opposite order',
      'SELECT name FROM products ORDER BY price',
      'SELECT name FROM products ORDER BY price DESC',
      'order',
    ],
    [
      'an order where the gold query has none',
      'SELECT name FROM products',
      'SELECT name FROM products ORDER BY price',
      'equal',
    ],
    [
      'another order of rows that tie',
      'SELECT name FROM customers ORDER BY country',
      'SELECT name FROM customers ORDER BY country, id DESC',
      'equal',
    ],
    [
      'another choice of rows that tie at the LIMIT',
      'SELECT name FROM customers ORDER BY country LIMIT 3 OFFSET 1',
      'SELECT name FROM customers ORDER BY country, id DESC LIMIT 3 OFFSET 1',
      'equal',
    ],
    [
      'another choice of rows for a LIMIT without an order',
      'SELECT name FROM customers LIMIT 3',
      'SELECT name FROM customers ORDER BY id DESC LIMIT 3',
      'equal',
    ],
    ['an unknown column', 'SELECT name FROM customers', 'SELECT nam FROM customers', 'error'],
    ['an empty query', 'SELECT name FROM customers', '', 'error'],
    [
      'a query that never ends',
      'SELECT 1',
      'SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS endless',
      'timeout',
    ],
    ['a query with too many rows', 'SELECT 1', 'SELECT generate_series(1, 1000000)', 'error'],
    ['a write', 'SELECT 1', 'DELETE FROM reviews', 'error'],
    ['a write in a CTE', 'SELECT 1', 'WITH gone AS (DELETE FROM reviews RETURNING 1) SELECT 1', 'error'],
    ['two statements', 'SELECT 1', 'SELECT 1; SELECT 1', 'error'],
    ['a read of a private schema', 'SELECT 1', 'SELECT id FROM private.secrets', 'error'],
  ];
  for (const [title, gold, candidate, kind] of rows) {
    test(`the judge's verdict on ${title} is ${kind}`, async ({ shop }) => {
      expect(await shop.judge(gold, candidate)).toMatchObject({
        kind,
        diff: kind === 'equal' ? '' : expect.stringMatching(/./),
      });
    });
  }
});

test('a query that is right on one instance by coincidence is found wrong on the other instance', async ({ shop }) => {
  const { rows } = await shop.gold('SELECT COUNT(*) FROM customers', 'A');
  expect(await shop.judge('SELECT COUNT(*) FROM customers', `SELECT ${rows[0]?.[0]}::bigint`)).toMatchObject({
    kind: 'rows',
    instance: 'B',
  });
});

test("the judge's verdict on a query that fails carries the database's message and hint", async ({ shop }) => {
  const { diff } = await shop.judge('SELECT name FROM customers', 'SELECT nam FROM customers');
  expect(diff).toContain('42703: column "nam" does not exist');
  expect(diff).toContain('HINT: Perhaps you meant to reference the column "customers.name".');
});

test('the judge throws when the gold query itself fails, and does not blame the candidate', async ({ shop }) => {
  await expect(shop.judge('SELECT nam FROM customers', 'SELECT name FROM customers')).rejects.toThrow(
    'The gold query fails on A (42703: column "nam" does not exist)',
  );
});

test("the judge's connection stays usable after every kind of failing query", async ({ databases }) => {
  await using judge = createJudge({ A: databases.shop.urls.reader }, { timeoutMs: 200, maxRows: 10, connections: 1 });
  for (const broken of ['SELECT pg_sleep(5)', 'SELECT 1/0', 'COMMIT', 'SELECT generate_series(1, 99)', "SELECT '"])
    expect((await judge.judge('SELECT 1', broken)).kind).not.toBe('equal');
  expect((await judge.judge('SELECT 1', 'SELECT 1')).kind).toBe('equal');
});
