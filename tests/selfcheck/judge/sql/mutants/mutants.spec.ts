import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { mutantsOf } from '../../../../../fixtures/judge/sql/mutants/index.ts';
import { readTables } from '../../../../../seed/questions/read.ts';
import { catalogOf } from './score.ts';

const shop = readTables(fileURLToPath(new URL('../../../../../seed/questions', import.meta.url))).find(
  ({ db_id }) => db_id === 'shop',
);
const mutants = async (sql: string) => (await mutantsOf(sql, shop && catalogOf(shop))).map((mutant) => mutant.sql);

test.describe('mutants of each clause', () => {
  const rows: [fault: string, sql: string, mutant: string][] = [
    ['another comparison operator', 'SELECT id FROM orders WHERE total > 5', 'SELECT id FROM orders WHERE total >= 5'],
    ['a bound that is off by one', 'SELECT id FROM orders WHERE id > 5', 'SELECT id FROM orders WHERE id > 6'],
    [
      'a large bound that is off by one percent',
      'SELECT id FROM orders WHERE total > 5000',
      'SELECT id FROM orders WHERE total > 4950',
    ],
    [
      'a date that is off by a day',
      "SELECT id FROM t WHERE d < '2024-03-01'",
      "SELECT id FROM t WHERE d < '2024-02-29'",
    ],
    [
      'a BETWEEN with another bound',
      'SELECT id FROM t WHERE a BETWEEN 1 AND 9',
      'SELECT id FROM t WHERE a BETWEEN 1 AND 8',
    ],
    ['OR in place of AND', 'SELECT id FROM t WHERE a AND b', 'SELECT id FROM t WHERE a OR b'],
    ['a dropped operand of AND', 'SELECT id FROM t WHERE a AND b', 'SELECT id FROM t WHERE b'],
    ['a dropped WHERE', 'SELECT id FROM t WHERE a', 'SELECT id FROM t'],
    ['a dropped NOT', 'SELECT id FROM t WHERE NOT a', 'SELECT id FROM t WHERE a'],
    ['IS NOT NULL in place of IS NULL', 'SELECT id FROM t WHERE a IS NULL', 'SELECT id FROM t WHERE a IS NOT NULL'],
    ['an IN list without one element', "SELECT id FROM t WHERE a IN ('x', 'y')", "SELECT id FROM t WHERE a IN ('y')"],
    ['a wider LIKE pattern', "SELECT id FROM t WHERE a LIKE 'x%'", "SELECT id FROM t WHERE a LIKE '%x%'"],
    ['another aggregate function', 'SELECT sum(a) FROM t', 'SELECT avg(a) FROM t'],
    ['COUNT without its DISTINCT', 'SELECT count(DISTINCT a) FROM t', 'SELECT count(a) FROM t'],
    ['a dropped DISTINCT', 'SELECT DISTINCT a FROM t', 'SELECT a FROM t'],
    ['a dropped HAVING', 'SELECT a FROM t GROUP BY a HAVING count(*) > 1', 'SELECT a FROM t GROUP BY a'],
    ['the opposite sort direction', 'SELECT a FROM t ORDER BY a', 'SELECT a FROM t ORDER BY a DESC'],
    ['a dropped ORDER BY', 'SELECT a FROM t ORDER BY a', 'SELECT a FROM t'],
    ['a LIMIT that is off by one', 'SELECT a FROM t ORDER BY a LIMIT 5', 'SELECT a FROM t ORDER BY a LIMIT 4'],
    ['a dropped OFFSET', 'SELECT a FROM t ORDER BY a LIMIT 5 OFFSET 5', 'SELECT a FROM t ORDER BY a LIMIT 5'],
    ['columns in another order', 'SELECT a, b FROM t', 'SELECT b, a FROM t'],
    [
      'a dropped condition in a subquery',
      'SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b)',
      'SELECT a FROM t WHERE NOT (EXISTS (SELECT 1 FROM u WHERE u.a = t.a))',
    ],
  ];
  for (const [fault, sql, mutant] of rows)
    test(`the mutants of a query include ${fault}`, async () => expect(await mutants(sql)).toContain(mutant));
});

test.describe('mutants of joins', () => {
  const outer = async (sql: string) => (await mutants(sql)).filter((mutant) => /LEFT|RIGHT/.test(mutant));
  const join = 'FROM orders o JOIN customers c ON c.id = o.customer_id';
  const rows: [title: string, sql: string, sides: string[]][] = [
    [
      'a join whose foreign key always finds a partner has no LEFT JOIN mutant',
      `SELECT o.id, c.name ${join}`,
      ['RIGHT'],
    ],
    [
      'a join has no outer join mutant where a condition excludes its NULL rows',
      `SELECT o.id ${join} WHERE o.total > 9`,
      [],
    ],
    [
      'a join has a RIGHT JOIN mutant where no condition excludes its NULL rows',
      `SELECT o.id ${join} WHERE c.name = 'x'`,
      ['RIGHT'],
    ],
    [
      'a join has no outer join mutant where an aggregate ignores its NULL rows',
      `SELECT sum(o.total) ${join} WHERE c.name = 'x'`,
      [],
    ],
    ['a join has a RIGHT JOIN mutant where count(*) counts its NULL rows', `SELECT count(*) ${join}`, ['RIGHT']],
    [
      'a join has a RIGHT JOIN mutant where a group shows its NULL rows',
      `SELECT c.name, sum(o.total) ${join} GROUP BY c.name`,
      ['RIGHT'],
    ],
    [
      'a join on columns without a foreign key has LEFT JOIN and RIGHT JOIN mutants',
      'SELECT o.id FROM orders o JOIN customers c ON c.id = o.id',
      ['LEFT', 'RIGHT'],
    ],
    [
      'a join has no LEFT JOIN mutant where an inner join before it keeps only rows with a partner',
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
