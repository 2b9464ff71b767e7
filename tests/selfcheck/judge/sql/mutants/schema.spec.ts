import { expect, test } from '@playwright/test';
import type { Catalog } from '../../../../../fixtures/judge/sql/mutants/catalog.ts';
import { mutantsOf } from '../../../../../fixtures/judge/sql/mutants/index.ts';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';

const column = (name: string, type: string, { nullable = false, values = [] as string[] } = {}) => ({
  name,
  type,
  nullable,
  values,
});

const catalog: Catalog = {
  tables: [
    {
      name: 'orders',
      columns: [
        column('id', 'integer'),
        column('customer_id', 'integer'),
        column('state', 'text', { values: ['open', 'lost', 'won'] }),
        column('note', 'text', { nullable: true }),
        column('total', 'numeric'),
      ],
      unique: [['id']],
    },
    { name: 'customers', columns: [column('id', 'integer'), column('name', 'text')], unique: [['id']] },
  ],
  foreignKeys: [{ table: 'orders', columns: ['customer_id'], to: { table: 'customers', columns: ['id'] } }],
};

const join = 'FROM customers c JOIN orders o ON o.customer_id = c.id';

test.describe('mutants that a schema is needed for', requirement('OWN-07'), () => {
  const rows: [fault: string, sql: string, mutant: string][] = [
    [
      'a text that occurs in the column',
      "SELECT id FROM orders WHERE state = 'lost'",
      "SELECT id FROM orders WHERE state = 'won'",
    ],
    [
      'a text of any case',
      "SELECT id FROM orders WHERE state = 'lost'",
      "SELECT id FROM orders WHERE lower(state) = lower('lost')",
    ],
    [
      'another text in a list',
      "SELECT id FROM orders WHERE state IN ('won')",
      "SELECT id FROM orders WHERE state IN ('open')",
    ],
    ['another column of the same type', 'SELECT id FROM orders', 'SELECT customer_id FROM orders'],
    ['another column everywhere', 'SELECT state FROM orders GROUP BY state', 'SELECT note FROM orders GROUP BY note'],
    ['count(column) for count(*)', 'SELECT count(*) FROM orders', 'SELECT count(orders.note) FROM orders'],
    [
      'count(DISTINCT key) for count(*)',
      'SELECT count(*) FROM orders',
      'SELECT count(DISTINCT orders.customer_id) FROM orders',
    ],
    ['count(*) for count(column)', 'SELECT count(note) FROM orders', 'SELECT count(*) FROM orders'],
    [
      'count(DISTINCT column) for count(column)',
      'SELECT count(note) FROM orders',
      'SELECT count(DISTINCT note) FROM orders',
    ],
    ['ILIKE for LIKE', "SELECT id FROM orders WHERE note LIKE 'x%'", "SELECT id FROM orders WHERE note ILIKE 'x%'"],
    ['the negation of a comparison', 'SELECT id FROM orders WHERE total < 5', 'SELECT id FROM orders WHERE total >= 5'],
    [
      'a large number that is off by one',
      'SELECT id FROM orders WHERE total < 500',
      'SELECT id FROM orders WHERE total < 501',
    ],
    ['an added DISTINCT', 'SELECT state FROM orders', 'SELECT DISTINCT state FROM orders'],
    ['count for sum', 'SELECT sum(total) FROM orders', 'SELECT count(total) FROM orders'],
    ['UNION ALL for UNION', 'SELECT 1 UNION SELECT 2', 'SELECT 1 UNION ALL SELECT 2'],
    ['UNION for UNION ALL', 'SELECT 1 UNION ALL SELECT 2', 'SELECT 1 UNION SELECT 2'],
    [
      'a grouping by fewer columns',
      'SELECT count(*) FROM orders GROUP BY state, note',
      'SELECT count(*) FROM orders GROUP BY state',
    ],
    ['fewer sort keys', 'SELECT id FROM orders ORDER BY total, id', 'SELECT id FROM orders ORDER BY total'],
    [
      'INNER for LEFT',
      'SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id',
      `SELECT c.name FROM customers AS c INNER JOIN orders AS o ON o.customer_id = c.id`,
    ],
    [
      'LEFT for INNER',
      `SELECT c.name, o.note ${join}`,
      'SELECT c.name, o.note FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id',
    ],
  ];
  for (const [fault, sql, mutant] of rows)
    test(`the mutants of a query with its schema include ${fault}`, async () => {
      const plain = (text: string) => text.replaceAll(/\b(INNER |AS )/g, '').toLowerCase();
      expect((await mutantsOf(sql, catalog)).map((one) => plain(one.sql))).toContain(plain(mutant));
    });

  const none: [title: string, sql: string, fault: string][] = [
    ['a query that shows a key has no mutant with DISTINCT', 'SELECT id, state FROM orders', 'added DISTINCT'],
    ['an aggregate has no mutant with DISTINCT', 'SELECT count(*) FROM orders', 'added DISTINCT'],
    [
      'a join on columns without an alias has no outer mutant where a condition excludes its NULL rows',
      "SELECT name FROM customers JOIN orders ON customer_id = customers.id WHERE state = 'won'",
      'join type',
    ],
  ];
  for (const [title, sql, fault] of none)
    test(title, async () => expect((await mutantsOf(sql, catalog)).map((one) => one.fault)).not.toContain(fault));

  test('a mutant says what differs, and what it means that no row shows it', async () => {
    const changes = (await mutantsOf(`SELECT c.name, o.note ${join} WHERE o.state = 'lost' OR c.id < 3`, catalog)).map(
      ({ change }) => change,
    );
    expect(changes).toEqual(
      expect.arrayContaining([
        "o.state = 'lost' can be o.state = 'open': both find the same rows",
        'c.id < 3 can be c.id <= 3: no row is on the border',
        "WHERE o.state = 'lost' OR c.id < 3 can be dropped: it leaves no row out that the rest would keep",
      ]),
    );
    expect(await mutantsOf(`SELECT c.name, o.note ${join}`, catalog)).toContainEqual(
      expect.objectContaining({
        change: 'INNER JOIN orders can be LEFT: no row of customers that counts is without one of orders',
      }),
    );
  });
});
