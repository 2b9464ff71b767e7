import { stripVTControlCharacters } from 'node:util';
import { expect as plain, test } from '@playwright/test';
import { expect } from '../../../../fixtures/judge/matchers/index.ts';

const expected = {
  columns: ['name', 'total'],
  types: ['text', 'numeric'],
  rows: [
    ['Zoë', '12.50'],
    ['小林', '7.00'],
    ['José', null],
  ],
};

/** The message of a failing assertion, as the report shows it. */
function messageOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return stripVTControlCharacters((error as Error).message);
  }
  throw new Error('The assertion passed, though it should fail.');
}

const [first, second, third] = expected.rows as [unknown[], unknown[], unknown[]];

test('toMatchRows accepts equal rows in any order, with or without types, from JSON or as Postgres prints them', () => {
  expect({ rows: [third, first, second] }).toMatchRows(expected);
  expect({ columns: ['n', 't'], types: ['text', 'numeric'], rows: [['Zoë', 12.5], ['小林', '7'], third] }).toMatchRows(
    expected,
  );
  expect({ rows: [first] }).not.toMatchRows(expected);
});

test('toMatchRows shows a missing row', () => {
  plain(messageOf(() => expect({ rows: [first, third] }).toMatchRows(expected))).toBe(
    `expect(rows).toMatchRows(expected)

Difference: row-count
Expected 3 rows, received 2: 1 missing (-), 0 unexpected (+)
  (name, total)
- ("小林", "7.00")`,
  );
});

test('toMatchRows names the column of a wrong value', () => {
  plain(messageOf(() => expect({ rows: [first, ['小林', '7.01'], third] }).toMatchRows(expected))).toBe(
    `expect(rows).toMatchRows(expected)

Difference: rows
Expected 3 rows, received 3: 1 missing (-), 1 unexpected (+)
  (name, total)
- ("小林", "7.00")
+ ("小林", "7.01")
  total: expected "7.00", received "7.01"`,
  );
});

test('toMatchRows shows the first row that is out of order', () => {
  const turned = { rows: [second, first, third] };
  plain(messageOf(() => expect(turned).toMatchRows(expected, { order: 'exact' }))).toBe(
    `expect(rows).toMatchRows(expected)

Difference: order
The rows are right, but 2 rows are out of order, the first at row 1
  (name, total)
- row 1 should be ("Zoë", "12.50")
+ row 1 is ("小林", "7.00")`,
  );
});

test('toMatchRows with an order by columns accepts any order of rows that tie', () => {
  const graded = {
    columns: ['name', 'grade'],
    rows: [
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ],
  };
  expect({
    rows: [
      ['a', 1],
      ['c', 2],
      ['b', 2],
    ],
  }).toMatchRows(graded, { order: ['grade'] });
  expect({
    rows: [
      ['c', 2],
      ['a', 1],
      ['b', 2],
    ],
  }).not.toMatchRows(graded, { order: ['grade'] });
  plain(messageOf(() => expect(graded).toMatchRows(graded, { order: ['rank'] }))).toContain(
    'the expected rows have no column "rank"',
  );
});

test('toMatchRows shows the first few of many differences', () => {
  const many = { rows: Array.from({ length: 40 }, (_, at) => [at]) };
  const message = messageOf(() => expect({ rows: many.rows.slice(0, 20) }).toMatchRows(many));
  plain(message).toContain('- (24)\n- … and 15 rows more');
});

test('toMatchRows names the columns and types that differ', () => {
  plain(
    messageOf(() => expect({ types: ['text', 'text'], rows: [] }).toMatchRows({ ...expected, rows: [] })),
  ).toContain('Difference: types\ncolumn 2 (total): expected numeric, received text');
  plain(messageOf(() => expect({ columns: ['name'], rows: [] }).toMatchRows(expected))).toContain(
    'Difference: columns\nExpected 2 columns (name, total), received 1 (name)',
  );
});

test('toMatchRows fails for a value without rows and shows it, also when negated', () => {
  const received: unknown = { rows: null };
  plain(messageOf(() => expect(received).toMatchRows(expected))).toContain(
    'Received is not of the form { columns?, types?, rows: unknown[][] }',
  );
  plain(messageOf(() => expect(received).not.toMatchRows(expected))).toContain(
    'Received is not of the form { columns?, types?, rows: unknown[][] }',
  );
});

test('a negated toMatchRows fails for equal rows', () => {
  plain(messageOf(() => expect(expected).not.toMatchRows(expected))).toContain(
    'Expected other rows, received the same 3',
  );
});
