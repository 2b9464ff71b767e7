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

test.describe('a candidate against its gold', () => {
  const rows: [title: string, gold: string, candidate: string, kind: VerdictKind][] = [
    ['the same in other words', 'SELECT COUNT(*) FROM orders', 'select sum(1)::int as n from orders', 'equal'],
    [
      'a left join for NOT EXISTS',
      'SELECT name FROM products p WHERE NOT EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = p.id)',
      'SELECT p.name FROM products p LEFT JOIN reviews r ON r.product_id = p.id WHERE r.id IS NULL',
      'equal',
    ],
    [
      'an average by hand',
      'SELECT AVG(rating) FROM reviews',
      'SELECT SUM(rating)::numeric / COUNT(*) FROM reviews',
      'equal',
    ],
    ['an average as a float', 'SELECT AVG(price) FROM products', 'SELECT AVG(price::float8) FROM products', 'equal'],
    ['an integer division', 'SELECT AVG(rating) FROM reviews', 'SELECT SUM(rating) / COUNT(*) FROM reviews', 'rows'],
    ['a column too many', 'SELECT name FROM products', 'SELECT name, price FROM products', 'columns'],
    [
      'a year as text',
      'SELECT EXTRACT(YEAR FROM ordered_at) FROM orders',
      "SELECT to_char(ordered_at, 'YYYY') FROM orders",
      'types',
    ],
    [
      'no rows of the wrong type',
      'SELECT id FROM orders WHERE id < 0',
      'SELECT status FROM orders WHERE id < 0',
      'types',
    ],
    [
      'a fanned-out join',
      'SELECT c.name FROM customers c',
      'SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id',
      'row-count',
    ],
    [
      'another order',
      'SELECT name FROM products ORDER BY price',
      'SELECT name FROM products ORDER BY price DESC',
      'order',
    ],
    [
      'no order where none is asked for',
      'SELECT name FROM products',
      'SELECT name FROM products ORDER BY price',
      'equal',
    ],
    [
      'ties broken otherwise',
      'SELECT name FROM customers ORDER BY country',
      'SELECT name FROM customers ORDER BY country, id DESC',
      'equal',
    ],
    [
      'a tie at the LIMIT taken otherwise',
      'SELECT name FROM customers ORDER BY country LIMIT 3 OFFSET 1',
      'SELECT name FROM customers ORDER BY country, id DESC LIMIT 3 OFFSET 1',
      'equal',
    ],
    [
      'a LIMIT without an order',
      'SELECT name FROM customers LIMIT 3',
      'SELECT name FROM customers ORDER BY id DESC LIMIT 3',
      'equal',
    ],
    ['a name that is not there', 'SELECT name FROM customers', 'SELECT nam FROM customers', 'error'],
    ['nothing', 'SELECT name FROM customers', '', 'error'],
    ['no end', 'SELECT 1', 'SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS endless', 'timeout'],
    ['no end of rows', 'SELECT 1', 'SELECT generate_series(1, 1000000)', 'error'],
    ['a write', 'SELECT 1', 'DELETE FROM reviews', 'error'],
    ['a write in a CTE', 'SELECT 1', 'WITH gone AS (DELETE FROM reviews RETURNING 1) SELECT 1', 'error'],
    ['a second statement', 'SELECT 1', 'SELECT 1; SELECT 1', 'error'],
    ['a secret', 'SELECT 1', 'SELECT id FROM private.secrets', 'error'],
  ];
  for (const [title, gold, candidate, kind] of rows) {
    test(`${title}: ${kind}`, async ({ shop }) => {
      expect(await shop.judge(gold, candidate)).toMatchObject({
        kind,
        diff: kind === 'equal' ? '' : expect.stringMatching(/./),
      });
    });
  }
});

test('what is right on one instance by coincidence is caught on the other', async ({ shop }) => {
  const { rows } = await shop.gold('SELECT COUNT(*) FROM customers', 'A');
  expect(await shop.judge('SELECT COUNT(*) FROM customers', `SELECT ${rows[0]?.[0]}::bigint`)).toMatchObject({
    kind: 'rows',
    instance: 'B',
  });
});

test('an error carries what the database said', async ({ shop }) => {
  const { diff } = await shop.judge('SELECT name FROM customers', 'SELECT nam FROM customers');
  expect(diff).toContain('42703: column "nam" does not exist');
  expect(diff).toContain('HINT: Perhaps you meant to reference the column "customers.name".');
});

test('a broken gold query blames no candidate', async ({ shop }) => {
  await expect(shop.judge('SELECT nam FROM customers', 'SELECT name FROM customers')).rejects.toThrow(
    'The gold query fails on A (42703: column "nam" does not exist)',
  );
});

test('the connection is good after every kind of failure', async ({ databases }) => {
  await using judge = createJudge({ A: databases.shop.urls.reader }, { timeoutMs: 200, maxRows: 10, connections: 1 });
  for (const broken of ['SELECT pg_sleep(5)', 'SELECT 1/0', 'COMMIT', 'SELECT generate_series(1, 99)', "SELECT '"])
    expect((await judge.judge('SELECT 1', broken)).kind).not.toBe('equal');
  expect((await judge.judge('SELECT 1', 'SELECT 1')).kind).toBe('equal');
});
