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

/** What the report will show of a failing assertion. */
function messageOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return stripVTControlCharacters((error as Error).message);
  }
  throw new Error('The assertion passed, though it should fail.');
}

const [first, second, third] = expected.rows as [unknown[], unknown[], unknown[]];

test('rows in any order pass, with and without types, as JSON or as Postgres prints them', () => {
  expect({ rows: [third, first, second] }).toMatchRows(expected);
  expect({ columns: ['n', 't'], types: ['text', 'numeric'], rows: [['Zoë', 12.5], ['小林', '7'], third] }).toMatchRows(
    expected,
  );
  expect({ rows: [first] }).not.toMatchRows(expected);
});

test('a missing row', () => {
  plain(messageOf(() => expect({ rows: [first, third] }).toMatchRows(expected))).toBe(
    `expect(rows).toMatchRows(expected)

Difference: row-count
Expected 3 rows, received 2: 1 missing (-), 0 unexpected (+)
  (name, total)
- ("小林", "7.00")`,
  );
});

test('a wrong value names its column', () => {
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

test('a wrong order says where', () => {
  const turned = { rows: [second, first, third] };
  plain(messageOf(() => expect(turned).toMatchRows(expected, { order: 'exact' }))).toBe(
    `expect(rows).toMatchRows(expected)

Difference: order
The rows are right, their order is not: 2 rows out of place, the first at row 1
  (name, total)
- row 1 should be ("Zoë", "12.50")
+ row 1 is ("小林", "7.00")`,
  );
});

test('an order by columns lets ties change places', () => {
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
    'no expected column "rank"',
  );
});

test('of many differences the first few are shown', () => {
  const many = { rows: Array.from({ length: 40 }, (_, at) => [at]) };
  const message = messageOf(() => expect({ rows: many.rows.slice(0, 20) }).toMatchRows(many));
  plain(message).toContain('- (24)\n- … and 15 rows more');
});

test('types and columns are named', () => {
  plain(
    messageOf(() => expect({ types: ['text', 'text'], rows: [] }).toMatchRows({ ...expected, rows: [] })),
  ).toContain('Difference: types\ncolumn 2 (total): expected numeric, received text');
  plain(messageOf(() => expect({ columns: ['name'], rows: [] }).toMatchRows(expected))).toContain(
    'Difference: columns\nExpected 2 columns (name, total), received 1 (name)',
  );
});

test('what is no row set is shown, negated or not', () => {
  const received: unknown = { rows: null };
  plain(messageOf(() => expect(received).toMatchRows(expected))).toContain(
    'Received is not { columns?, types?, rows: unknown[][] }',
  );
  plain(messageOf(() => expect(received).not.toMatchRows(expected))).toContain(
    'Received is not { columns?, types?, rows: unknown[][] }',
  );
});

test('negated, equal rows fail', () => {
  plain(messageOf(() => expect(expected).not.toMatchRows(expected))).toContain(
    'Expected other rows, received the same 3',
  );
});
