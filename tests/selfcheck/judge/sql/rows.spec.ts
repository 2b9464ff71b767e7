import { expect, test } from '@playwright/test';
import { compareRows } from '../../../../fixtures/judge/sql/rows/compare.ts';
import type { Expectation, RowSet, VerdictKind } from '../../../../fixtures/judge/sql/rows/types.ts';

const one = (type: string | undefined, ...cells: unknown[]): RowSet => ({
  ...(type ? { types: [type] } : {}),
  rows: cells.map((cell) => [cell]),
});

test.describe('one value against another', () => {
  const rows: [title: string, expected: RowSet, received: RowSet, kind: VerdictKind][] = [
    ['decimals with other zeros are equal', one('numeric', '1.50'), one('numeric', '1.5'), 'equal'],
    ['a decimal equals the JSON number', one('numeric', '0.10'), one(undefined, 0.1), 'equal'],
    ['an int equals the decimal of its value', one('int4', '1'), one('numeric', '1.00'), 'equal'],
    ['a cent is a difference', one('numeric', '10.00'), one('numeric', '10.01'), 'rows'],
    [
      'a cent of a fortune is a difference',
      one('numeric', '99999999999999.01'),
      one('numeric', '99999999999999.02'),
      'rows',
    ],
    [
      'zeros beyond 15 digits are none',
      one('numeric', '123456789012345678.500'),
      one('numeric', '123456789012345678.5'),
      'equal',
    ],
    ['bigints beyond 2^53 are exact', one('int8', '9007199254740993'), one('int8', '9007199254740992'), 'rows'],
    ['leading zeros and signs of zero do not count', one('numeric', '-0.00'), one('numeric', '0'), 'equal'],
    [
      'the last digit of a quotient may differ',
      one('numeric', '3.4782608695652174'),
      one('numeric', '3.47826086956521739130'),
      'equal',
    ],
    ['its twelfth may not', one('numeric', '3.4782608695652174'), one('numeric', '3.4782608695742174'), 'rows'],
    ['0.1 + 0.2 is 0.3', one('float8', '0.30000000000000004'), one('float8', '0.3'), 'equal'],
    ['a float is not any float', one('float8', '0.3'), one('float8', '0.3001'), 'rows'],
    ['NaN equals NaN', one('float8', 'NaN'), one('float8', 'NaN'), 'equal'],
    ['infinity is no large number', one('float8', 'Infinity'), one('float8', '1e308'), 'rows'],
    ['a number is not its text', one(undefined, 1), one(undefined, '1'), 'rows'],
    ['int and text are of different types', one('int4', '1'), one('text', '1'), 'types'],
    ['NULL is not empty', one('text', null), one('text', ''), 'rows'],
    ['NULL is not zero', one('int4', null), one('int4', '0'), 'rows'],
    ['NULL is not false', one('bool', null), one('bool', 'f'), 'rows'],
    ['NULL is NULL', one('text', null), one('text', null), 'equal'],
    ['a text keeps its blanks', one('text', 'a'), one('text', 'a '), 'rows'],
    ['a text keeps its case', one('text', 'José'), one('text', 'josé'), 'rows'],
    ['Postgres’s t is JSON’s true', one('bool', 't'), one('bool', true), 'equal'],
    ['an enum is its text', one('order_status', 'pending'), one('text', 'pending'), 'equal'],
    [
      'one instant in two zones',
      one('timestamptz', '2024-03-01 10:00:00+00'),
      one('timestamptz', '2024-03-01T12:30:00+02:30'),
      'equal',
    ],
    [
      'an instant in ISO',
      one('timestamptz', '2024-02-29 23:59:59.5+00'),
      one('timestamptz', '2024-02-29T23:59:59.500Z'),
      'equal',
    ],
    [
      'microseconds count',
      one('timestamptz', '2024-03-01 10:00:00.000001+00'),
      one('timestamptz', '2024-03-01T10:00:00.000Z'),
      'rows',
    ],
    ['infinity is an instant like itself', one('timestamptz', 'infinity'), one('timestamptz', 'infinity'), 'equal'],
    ['a day is not an instant', one('date', '2024-03-01'), one('timestamptz', '2024-03-01 00:00:00+00'), 'types'],
    [
      'jsonb ignores the order of keys',
      one('jsonb', { a: 1, b: [{ c: 2, d: 3 }] }),
      one('jsonb', { b: [{ d: 3, c: 2 }], a: 1 }),
      'equal',
    ],
    ['jsonb keeps the order of arrays', one('jsonb', [1, 2]), one('jsonb', [2, 1]), 'rows'],
  ];
  for (const [title, expected, received, kind] of rows) {
    test(title, () => {
      expect(compareRows(expected, received).kind).toBe(kind);
      expect(compareRows(received, expected).kind, 'the other way round').toBe(kind);
    });
  }

  test('instants agree with Date over the calendar', () => {
    for (let day = -40_000; day < 40_000; day += 97) {
      const date = new Date(day * 86_400_000 + 12_345_678);
      const shifted = new Date(date.getTime() + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
      expect(compareRows(one('timestamptz', date.toISOString()), one('timestamptz', shifted)).kind, shifted).toBe(
        'equal',
      );
    }
  });
});

test.describe('the traps of other evaluators', () => {
  const empty = (...types: string[]): RowSet => ({ types, rows: [] });
  const cases: [title: string, expected: Expectation, received: RowSet, kind: VerdictKind][] = [
    ['two empty results of other widths differ', empty('int4'), empty('int4', 'int4'), 'columns'],
    ['two empty results of other types differ', empty('int4'), empty('text'), 'types'],
    ['two empty results of one kind are equal', empty('int4'), empty('int8'), 'equal'],
    ['(min, max) is not (max, min)', { rows: [[1, 9]] }, { rows: [[9, 1]] }, 'rows'],
    ['one row is not a thousand copies of it', { rows: [['a']] }, { rows: Array(1000).fill(['a']) }, 'row-count'],
    ['duplicates count', { rows: [['a'], ['a'], ['b']] }, { rows: [['a'], ['b'], ['b']] }, 'rows'],
    ['without an order rows are a bag', { rows: [['a'], ['b']] }, { rows: [['b'], ['a']] }, 'equal'],
    ['a missing row is missed', { rows: [['a'], ['b']] }, { rows: [['b']] }, 'row-count'],
    ['no rows are not some rows', { rows: [['a']] }, { rows: [] }, 'row-count'],
    ['a ragged row is found', { rows: [[1, 2]] }, { rows: [[1, 2], [3]] }, 'columns'],
  ];
  for (const [title, expected, received, kind] of cases)
    test(title, () => expect(compareRows(expected, received).kind).toBe(kind));

  // a | b = c | d : b and c tie
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
    ['ties may change places', tied, 'acbd', 'equal'],
    ['others may not', tied, 'bacd', 'order'],
    ['a whole order turned round', tied, 'dcba', 'order'],
    ['a LIMIT that cuts a tie takes either row', cut, 'ab', 'equal'],
    ['or the other', cut, 'ac', 'equal'],
    ['but not both', cut, 'abc', 'row-count'],
    ['and not one of them first', cut, 'ba', 'order'],
    ['a row outside of the tie', cut, 'ax', 'rows'],
  ];
  for (const [title, expected, received, kind] of orders)
    test(title, () => expect(compareRows(expected, { rows: [...received].map((cell) => [cell]) }).kind).toBe(kind));
});
