import { expect, test } from '@playwright/test';
import { compareRows } from '../../fixtures/sql/rows/compare.ts';
import type { Expectation, RowSet, VerdictKind } from '../../fixtures/sql/rows/types.ts';
import { createRandom } from '../../seed/databases/random.ts';

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

test.describe('at size', () => {
  const types = ['int4', 'text', 'numeric', 'timestamptz', 'bool', 'text', 'numeric', 'date', 'int8', 'float8'];
  const random = createRandom(1, 'sql-rows');
  const rows = Array.from({ length: 10_000 }, (_, id) => [
    String(id),
    `Customer ${id % 900}`,
    (random.int(0, 1_000_000) / 100).toFixed(2),
    new Date(1.6e12 + id * 61_000).toISOString(),
    id % 2 ? 't' : 'f',
    id % 7 ? `city ${id % 50}` : null,
    (random.int(0, 9_999) / 100).toFixed(2),
    `2024-01-${String((id % 28) + 1).padStart(2, '0')}`,
    String(id * 7),
    String(id / 3),
  ]);
  const shuffled = random.shuffle(rows);
  /**
   * Milliseconds of this thread's own time that a run costs, in the cheapest of a few batches once the code is warm:
   * what else the machine is doing does not count.
   */
  const cost = (work: () => unknown): number => {
    const batch = () => {
      const before = process.threadCpuUsage();
      for (let run = 0; run < 8; run++) work();
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000 / 8;
    };
    return Math.min(...Array.from({ length: 6 }, batch));
  };

  for (const [title, received] of [
    ['in order', rows.map((row) => [...row])],
    ['shuffled', shuffled],
  ] as const) {
    test(`10,000 rows of 10 columns ${title} are compared in under 10 ms`, () => {
      const verdict = () => compareRows({ types, rows }, { types, rows: received });
      expect(verdict().kind).toBe('equal');
      expect(cost(verdict)).toBeLessThan(10);
    });
  }

  test('one changed cell among them is found and named', () => {
    const changed = shuffled.map((row) => (row[0] === '777' ? row.with(2, '0.01') : row));
    const { kind, diff } = compareRows({ types, rows }, { types, rows: changed });
    expect(kind).toBe('rows');
    expect(diff).toContain('1 missing (-), 1 unexpected (+)');
    expect(diff).toMatch(/column 3: expected "\d+\.\d+", received "0.01"/);
  });

  test('rows that tell nothing apart but floats stay linear', () => {
    const floats = (noise: number) => ({
      types: ['float8', 'float8'],
      rows: Array.from({ length: 10_000 }, (_, at) => [Math.sin(at) + noise, Math.cos(at)]),
    });
    const backwards = floats(1e-13);
    backwards.rows.reverse();
    expect(compareRows(floats(0), backwards).kind).toBe('equal');
    const [one, other] = [floats(0), backwards];
    expect(cost(() => compareRows(one, other))).toBeLessThan(30);
  });
});
