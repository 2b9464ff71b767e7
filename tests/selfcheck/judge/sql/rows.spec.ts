import { expect, test } from '@playwright/test';
import { compareRows } from '../../../../fixtures/judge/sql/rows/compare.ts';
import type { Expectation, RowSet, VerdictKind } from '../../../../fixtures/judge/sql/rows/types.ts';

const one = (type: string | undefined, ...cells: unknown[]): RowSet => ({
  ...(type ? { types: [type] } : {}),
  rows: cells.map((cell) => [cell]),
});

test.describe('comparison of two values', () => {
  const rows: [title: string, expected: RowSet, received: RowSet, kind: VerdictKind][] = [
    ['decimals that differ only in trailing zeros', one('numeric', '1.50'), one('numeric', '1.5'), 'equal'],
    ['a decimal and the same number from JSON', one('numeric', '0.10'), one(undefined, 0.1), 'equal'],
    ['an int and a decimal of the same value', one('int4', '1'), one('numeric', '1.00'), 'equal'],
    ['decimals that differ by a cent', one('numeric', '10.00'), one('numeric', '10.01'), 'rows'],
    [
      'decimals of 16 digits that differ by a cent',
      one('numeric', '99999999999999.01'),
      one('numeric', '99999999999999.02'),
      'rows',
    ],
    [
      'decimals of more than 15 digits that differ only in trailing zeros',
      one('numeric', '123456789012345678.500'),
      one('numeric', '123456789012345678.5'),
      'equal',
    ],
    ['bigints above 2^53 that differ by one', one('int8', '9007199254740993'), one('int8', '9007199254740992'), 'rows'],
    ['zero and negative zero', one('numeric', '-0.00'), one('numeric', '0'), 'equal'],
    [
      'quotients that differ only in their last digits',
      one('numeric', '3.4782608695652174'),
      one('numeric', '3.47826086956521739130'),
      'equal',
    ],
    [
      'quotients that differ in the twelfth digit',
      one('numeric', '3.4782608695652174'),
      one('numeric', '3.4782608695742174'),
      'rows',
    ],
    ['the floats 0.1 + 0.2 and 0.3', one('float8', '0.30000000000000004'), one('float8', '0.3'), 'equal'],
    ['floats that differ in the fourth digit', one('float8', '0.3'), one('float8', '0.3001'), 'rows'],
    ['NaN and NaN', one('float8', 'NaN'), one('float8', 'NaN'), 'equal'],
    ['infinity and a large float', one('float8', 'Infinity'), one('float8', '1e308'), 'rows'],
    ['a number and its text', one(undefined, 1), one(undefined, '1'), 'rows'],
    ['an int column and a text column', one('int4', '1'), one('text', '1'), 'types'],
    ['NULL and an empty text', one('text', null), one('text', ''), 'rows'],
    ['NULL and zero', one('int4', null), one('int4', '0'), 'rows'],
    ['NULL and false', one('bool', null), one('bool', 'f'), 'rows'],
    ['NULL and NULL', one('text', null), one('text', null), 'equal'],
    ['texts that differ in a trailing space', one('text', 'a'), one('text', 'a '), 'rows'],
    ['texts that differ in case', one('text', 'José'), one('text', 'josé'), 'rows'],
    ['the boolean t from Postgres and true from JSON', one('bool', 't'), one('bool', true), 'equal'],
    ['an enum and its text', one('order_status', 'pending'), one('text', 'pending'), 'equal'],
    [
      'one instant in two time zones',
      one('timestamptz', '2024-03-01 10:00:00+00'),
      one('timestamptz', '2024-03-01T12:30:00+02:30'),
      'equal',
    ],
    [
      'one instant as Postgres prints it and in ISO 8601',
      one('timestamptz', '2024-02-29 23:59:59.5+00'),
      one('timestamptz', '2024-02-29T23:59:59.500Z'),
      'equal',
    ],
    [
      'instants that differ by a microsecond',
      one('timestamptz', '2024-03-01 10:00:00.000001+00'),
      one('timestamptz', '2024-03-01T10:00:00.000Z'),
      'rows',
    ],
    ['the instants infinity and infinity', one('timestamptz', 'infinity'), one('timestamptz', 'infinity'), 'equal'],
    ['a date and an instant', one('date', '2024-03-01'), one('timestamptz', '2024-03-01 00:00:00+00'), 'types'],
    [
      'jsonb objects with keys in another order',
      one('jsonb', { a: 1, b: [{ c: 2, d: 3 }] }),
      one('jsonb', { b: [{ d: 3, c: 2 }], a: 1 }),
      'equal',
    ],
    ['jsonb arrays in another order', one('jsonb', [1, 2]), one('jsonb', [2, 1]), 'rows'],
  ];
  for (const [title, expected, received, kind] of rows) {
    test(`compareRows of ${title} returns ${kind}`, () => {
      expect(compareRows(expected, received).kind).toBe(kind);
      expect(compareRows(received, expected).kind, 'with expected and received swapped').toBe(kind);
    });
  }

  test('compareRows finds instants in two time zones equal over 200 years of dates', () => {
    for (let day = -40_000; day < 40_000; day += 97) {
      const date = new Date(day * 86_400_000 + 12_345_678);
      const shifted = new Date(date.getTime() + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
      expect(compareRows(one('timestamptz', date.toISOString()), one('timestamptz', shifted)).kind, shifted).toBe(
        'equal',
      );
    }
  });
});

test.describe('comparison of whole results', () => {
  const empty = (...types: string[]): RowSet => ({ types, rows: [] });
  const cases: [title: string, expected: Expectation, received: RowSet, kind: VerdictKind][] = [
    ['two empty results with different numbers of columns', empty('int4'), empty('int4', 'int4'), 'columns'],
    ['two empty results with different types', empty('int4'), empty('text'), 'types'],
    ['two empty results with types of one family', empty('int4'), empty('int8'), 'equal'],
    ['two values in swapped columns', { rows: [[1, 9]] }, { rows: [[9, 1]] }, 'rows'],
    ['one row and a thousand copies of it', { rows: [['a']] }, { rows: Array(1000).fill(['a']) }, 'row-count'],
    ['rows with different duplicates', { rows: [['a'], ['a'], ['b']] }, { rows: [['a'], ['b'], ['b']] }, 'rows'],
    ['rows in another order where none is asked for', { rows: [['a'], ['b']] }, { rows: [['b'], ['a']] }, 'equal'],
    ['a result without one row', { rows: [['a'], ['b']] }, { rows: [['b']] }, 'row-count'],
    ['a result without any rows', { rows: [['a']] }, { rows: [] }, 'row-count'],
    ['a result with one row that is too short', { rows: [[1, 2]] }, { rows: [[1, 2], [3]] }, 'columns'],
  ];
  for (const [title, expected, received, kind] of cases)
    test(`compareRows of ${title} returns ${kind}`, () => expect(compareRows(expected, received).kind).toBe(kind));

  // The rows b and c tie.
  const tied: Expectation = {
    rows: [['a'], ['b'], ['c'], ['d']],
    ties: [
      { size: 1, take: 1 },
      { size: 2, take: 2 },
      { size: 1, take: 1 },
    ],
  };
  const cut: Expectation = {
    rows: [['a'], ['b'], ['c']],
    ties: [
      { size: 1, take: 1 },
      { size: 2, take: 1 },
    ],
  };
  const orders: [title: string, expected: Expectation, received: string, kind: VerdictKind][] = [
    ['rows that tie in another order', tied, 'acbd', 'equal'],
    ['rows that do not tie in another order', tied, 'bacd', 'order'],
    ['rows in reverse order', tied, 'dcba', 'order'],
    ['a LIMIT that takes the first row of a tie', cut, 'ab', 'equal'],
    ['a LIMIT that takes the second row of a tie', cut, 'ac', 'equal'],
    ['a LIMIT that takes both rows of a tie it should cut', cut, 'abc', 'row-count'],
    ['a LIMIT that takes a row of a tie too early', cut, 'ba', 'order'],
    ['a LIMIT that takes a row outside of the tie', cut, 'ax', 'rows'],
  ];
  for (const [title, expected, received, kind] of orders)
    test(`compareRows of ${title} returns ${kind}`, () =>
      expect(compareRows(expected, { rows: [...received].map((cell) => [cell]) }).kind).toBe(kind));
});
