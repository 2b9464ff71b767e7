import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { readTables } from '../../../../seed/questions/read.ts';
import { mutantsOf } from '../mutants/index.ts';

const shop = readTables(fileURLToPath(new URL('../../../../seed/questions', import.meta.url))).find(
  ({ db_id }) => db_id === 'shop',
);
const mutants = async (sql: string) => (await mutantsOf(sql, shop)).map((mutant) => mutant.sql);

test.describe('each clause has its faults', () => {
  const rows: [fault: string, sql: string, mutant: string][] = [
    ['a comparison', 'SELECT id FROM orders WHERE total > 5', 'SELECT id FROM orders WHERE total >= 5'],
    ['a bound', 'SELECT id FROM orders WHERE id > 5', 'SELECT id FROM orders WHERE id > 6'],
    ['a far bound', 'SELECT id FROM orders WHERE total > 5000', 'SELECT id FROM orders WHERE total > 4950'],
    ['a day', "SELECT id FROM t WHERE d < '2024-03-01'", "SELECT id FROM t WHERE d < '2024-02-29'"],
    ['a range', 'SELECT id FROM t WHERE a BETWEEN 1 AND 9', 'SELECT id FROM t WHERE a BETWEEN 1 AND 8'],
    ['OR for AND', 'SELECT id FROM t WHERE a AND b', 'SELECT id FROM t WHERE a OR b'],
    ['a dropped half', 'SELECT id FROM t WHERE a AND b', 'SELECT id FROM t WHERE b'],
    ['a dropped WHERE', 'SELECT id FROM t WHERE a', 'SELECT id FROM t'],
    ['a dropped NOT', 'SELECT id FROM t WHERE NOT a', 'SELECT id FROM t WHERE a'],
    ['a null test', 'SELECT id FROM t WHERE a IS NULL', 'SELECT id FROM t WHERE a IS NOT NULL'],
    ['a list', "SELECT id FROM t WHERE a IN ('x', 'y')", "SELECT id FROM t WHERE a IN ('y')"],
    ['a pattern', "SELECT id FROM t WHERE a LIKE 'x%'", "SELECT id FROM t WHERE a LIKE '%x%'"],
    ['an aggregate', 'SELECT sum(a) FROM t', 'SELECT avg(a) FROM t'],
    ['COUNT DISTINCT', 'SELECT count(DISTINCT a) FROM t', 'SELECT count(a) FROM t'],
    ['DISTINCT', 'SELECT DISTINCT a FROM t', 'SELECT a FROM t'],
    ['HAVING', 'SELECT a FROM t GROUP BY a HAVING count(*) > 1', 'SELECT a FROM t GROUP BY a'],
    ['a direction', 'SELECT a FROM t ORDER BY a', 'SELECT a FROM t ORDER BY a DESC'],
    ['an order', 'SELECT a FROM t ORDER BY a', 'SELECT a FROM t'],
    ['a LIMIT', 'SELECT a FROM t ORDER BY a LIMIT 5', 'SELECT a FROM t ORDER BY a LIMIT 4'],
    ['an OFFSET', 'SELECT a FROM t ORDER BY a LIMIT 5 OFFSET 5', 'SELECT a FROM t ORDER BY a LIMIT 5'],
    ['columns', 'SELECT a, b FROM t', 'SELECT b, a FROM t'],
    [
      'a condition in a subquery',
      'SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b)',
      'SELECT a FROM t WHERE NOT (EXISTS (SELECT 1 FROM u WHERE u.a = t.a))',
    ],
  ];
  for (const [fault, sql, mutant] of rows) test(fault, async () => expect(await mutants(sql)).toContain(mutant));
});

test.describe('a join that cannot lose rows has no mutant', () => {
  const outer = async (sql: string) => (await mutants(sql)).filter((mutant) => /LEFT|RIGHT/.test(mutant));
  const join = 'FROM orders o JOIN customers c ON c.id = o.customer_id';
  const rows: [title: string, sql: string, sides: string[]][] = [
    ['the key’s side never lacks a partner, the other may', `SELECT o.id, c.name ${join}`, ['RIGHT']],
    ['a condition on the other side refuses NULLs', `SELECT o.id ${join} WHERE o.total > 9`, []],
    ['a condition on this side does not', `SELECT o.id ${join} WHERE c.name = 'x'`, ['RIGHT']],
    ['aggregates pass over NULLs', `SELECT sum(o.total) ${join} WHERE c.name = 'x'`, []],
    ['count(*) does not', `SELECT count(*) ${join}`, ['RIGHT']],
    ['groups show NULLs', `SELECT c.name, sum(o.total) ${join} GROUP BY c.name`, ['RIGHT']],
    ['columns that are no key', 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.id', ['LEFT', 'RIGHT']],
    [
      'a partner that an inner join further in keeps',
      'SELECT p.name FROM products p JOIN order_items i ON i.product_id = p.id JOIN orders o ON o.id = i.order_id',
      ['RIGHT'],
    ],
  ];
  for (const [title, sql, sides] of rows) {
    test(title, async () => {
      const found = await outer(sql);
      expect(found.map((mutant) => (mutant.includes('LEFT') ? 'LEFT' : 'RIGHT'))).toEqual(sides);
    });
  }
});
