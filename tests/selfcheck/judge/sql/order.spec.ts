import { expect, test } from '@playwright/test';
import { planOrder } from '../../../../fixtures/judge/sql/gold/order.ts';

const everything = { offset: 0, limit: Number.POSITIVE_INFINITY };

test.describe('the order that a gold query asks for', () => {
  const unordered: [title: string, sql: string][] = [
    ['a query without ORDER BY', 'SELECT a FROM t'],
    ['a query with ORDER BY in a subquery', 'SELECT a FROM (SELECT a FROM t ORDER BY a) AS s'],
    ['a query with ORDER BY in a CTE', 'WITH s AS (SELECT a FROM t ORDER BY a LIMIT 3) SELECT a FROM s'],
    ['a query with ORDER BY in an aggregate', "SELECT string_agg(a, ',' ORDER BY b) FROM t"],
    ['a query with ORDER BY in a window', 'SELECT rank() OVER (ORDER BY a) FROM t'],
  ];
  for (const [title, sql] of unordered) {
    test(`${title} allows any order of its rows`, async () => {
      expect(await planOrder(sql)).toEqual({ sql, added: 0, keys: [], ...everything });
    });
  }

  const ordered: [title: string, sql: string, keys: unknown[], added: number][] = [
    ['a selected column', 'SELECT a, b FROM t ORDER BY b', [1], 0],
    ['a qualified column', 'SELECT x.a, x.b FROM t AS x ORDER BY x.b DESC', [1], 0],
    ['an alias', 'SELECT a + 1 AS n FROM t ORDER BY n', [0], 0],
    ['an alias that hides a column', 'SELECT a AS b, b AS c FROM t ORDER BY b', [0], 0],
    ['the number of a column', 'SELECT a, b FROM t ORDER BY 2, 1', [1, 0], 0],
    ['a selected expression', 'SELECT a, count(*) FROM t GROUP BY a ORDER BY count(*) DESC', [1], 0],
    ['a column that is not selected', 'SELECT a FROM t ORDER BY b, c', [-1, -2], 2],
    ['a column behind a star', 'SELECT * FROM t ORDER BY b', [-1], 1],
    ['an alias behind a star', 'SELECT *, a + b AS s FROM t ORDER BY s', [{ name: 's' }], 0],
    ['a DISTINCT column', 'SELECT DISTINCT a, b FROM t ORDER BY b', [1], 0],
    ['a column of a UNION', 'SELECT a AS x FROM t UNION SELECT b FROM u ORDER BY x', [0], 0],
    ['a column of a CTE', 'WITH s AS (SELECT a FROM t) SELECT a FROM s ORDER BY a', [0], 0],
  ];
  for (const [title, sql, keys, added] of ordered) {
    test(`the sort key of a query ordered by ${title} is found`, async () => {
      expect(await planOrder(sql)).toMatchObject({ keys, added, ...everything });
    });
  }
});

test('the LIMIT of an ordered gold query is widened to include all rows of the tie that it cuts', async () => {
  const plan = await planOrder('SELECT name FROM t ORDER BY price DESC LIMIT 5 OFFSET 10');
  expect(plan).toMatchObject({ keys: [-1], added: 1, offset: 10, limit: 5 });
  expect(plan.sql).toBe(
    'SELECT name, price AS plumbline_key_0 FROM t ORDER BY price DESC FETCH FIRST 15 ROWS WITH TIES',
  );
});

test('the LIMIT of a gold query without an order is removed, because any of its rows are right', async () => {
  expect(await planOrder('SELECT name FROM t LIMIT 3')).toEqual({
    sql: 'SELECT name FROM t',
    added: 0,
    keys: [],
    offset: 0,
    limit: 3,
  });
});

test('a gold query that is not exactly one SELECT is refused', async () => {
  await expect(planOrder('SELECT 1; SELECT 2')).rejects.toThrow('Expected one SELECT, got 2 statements');
  await expect(planOrder('DELETE FROM t')).rejects.toThrow('Expected one SELECT');
});
