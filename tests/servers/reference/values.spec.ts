import { readFileSync } from 'node:fs';
import { expect, test } from '../../../fixtures/index.ts';
import type { Contents } from '../../../servers/reference/databases/contents.ts';
import { followHint } from '../../../servers/reference/sql/hint.ts';
import { sqlPrompt } from '../../../servers/reference/sql/instruct-prompts.ts';
import { comparisonsOf } from '../../../servers/reference/sql/values/comparisons.ts';
import { indexValues } from '../../../servers/reference/sql/values/index.ts';

/** The recipe of the model is tested on these, too: the model is trained on the same matches that the service makes. */
type Cases = {
  tables: { name: string; columns: string[]; labels?: Record<string, string[]> }[];
  contents: Contents[];
  cases: [question: string, found: string][];
};
const cases = JSON.parse(
  readFileSync(new URL('../../../tools/model/dev/value-matches.json', import.meta.url), 'utf8'),
) as Cases;

const catalog = {
  volatileFunctions: new Set<string>(),
  tables: cases.tables.map(({ name, columns, labels }) => ({
    name,
    columns: columns.map((column) => ({
      name: column,
      type: 'text',
      nullable: true,
      ...(labels?.[column] ? { labels: labels[column] } : {}),
    })),
  })),
};

test.describe('the values that a question names', () => {
  const index = indexValues(cases.contents, catalog);
  for (const [question, found] of cases.cases)
    test(`the question "${question}" names ${found ? `the values ${found}` : 'no value'}`, () => {
      const prompt = sqlPrompt({ question, catalog, found: index.find(question) }).at(-1)?.content;
      expect(prompt).toBe(
        found ? `${question}\n\nValues of the database that the question may mean: ${found}` : question,
      );
    });
});

test('the texts that a query compares with columns are found, with their tables', async () => {
  const { comparisons, tables } = await comparisonsOf(
    "SELECT c.name FROM customers c JOIN orders ON orders.customer_id = c.id WHERE c.city = 'Oslo' " +
      "AND status NOT IN ('a', 'b') AND total = 3 AND lower(c.country) = 'x' AND c.name LIKE 'A%' " +
      "AND EXISTS (SELECT 1 FROM reviews WHERE reviews.comment <> 'it''s')",
  );
  expect(tables.sort()).toEqual(['customers', 'orders', 'reviews']);
  expect(comparisons).toEqual([
    { table: 'customers', column: 'city', value: 'Oslo' },
    { table: undefined, column: 'status', value: 'a' },
    { table: undefined, column: 'status', value: 'b' },
    { table: 'reviews', column: 'comment', value: "it's" },
  ]);
});

test.describe('hints at the column that has a value', () => {
  const say = (value: string, table: string) => ({
    code: 'value_elsewhere',
    message: `no row of customers has city = '${value}'`,
    hint: `Perhaps you meant to reference the column "${table}.country".`,
  });
  const rows: [sql: string, value: string, table: string, repaired: string | undefined][] = [
    [
      "SELECT city FROM customers WHERE city = 'India'",
      'India',
      'customers',
      "SELECT city FROM customers WHERE country = 'India'",
    ],
    ["SELECT 1 FROM a WHERE c.city <> 'India'", 'India', 'customers', "SELECT 1 FROM a WHERE c.country <> 'India'"],
    ["SELECT 1 WHERE city IN ('x', 'India')", 'India', 'customers', "SELECT 1 WHERE country IN ('x', 'India')"],
    [
      "SELECT 1 WHERE a = 'city' AND city = 'It''s'",
      "It's",
      'customers',
      "SELECT 1 WHERE a = 'city' AND country = 'It''s'",
    ],
    ["SELECT 1 FROM customers WHERE city = 'India'", 'India', 'shops', undefined],
    ["SELECT 1 FROM customers WHERE city = 'Peru'", 'India', 'customers', undefined],
  ];
  for (const [sql, value, table, repaired] of rows)
    test(`a hint at the right column ${repaired ? `turns ${sql} into ${repaired}` : `does not apply to ${sql}`}`, () =>
      expect(followHint(sql, say(value, table))).toBe(repaired));
});
