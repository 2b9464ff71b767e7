import type { VerdictKind } from '../../../../../fixtures/judge/sql/rows/types.ts';

/** An answer to a gold query: rows as JSON shows them, or SQL. */
export type Answered = readonly (readonly unknown[])[] | string;
export type RightCase = readonly [what: string, gold: string, answer: Answered];
export type WrongCase = readonly [...RightCase, verdict: VerdictKind];

// The same on each engine: both have a table `people` with these columns and rows.
export const sharedRight: readonly RightCase[] = [
  ['a flag as true and false', 'SELECT active FROM people ORDER BY id', [[true], [false], [true], [false]]],
  ['a decimal as a number', 'SELECT pay FROM people WHERE id <= 2', [[20], [10.5]]],
  ['a date with a time of midnight', 'SELECT born FROM people WHERE id = 1', [['1990-01-05T00:00:00.000Z']]],
  ['a date as in a header', 'SELECT born FROM people WHERE id = 1', [['Fri, 05 Jan 1990 00:00:00 GMT']]],
  ['bytes in base64', 'SELECT photo FROM people WHERE id < 3 ORDER BY id', [['aGVsbG8='], ['AP8=']]],
  ['bytes as Node writes a Buffer', 'SELECT photo FROM people WHERE id = 2', [[{ type: 'Buffer', data: [0, 255] }]]],
  ['JSON that was parsed', 'SELECT tags FROM people WHERE id <= 2 ORDER BY id', [[{ b: [2], a: 1 }], [[]]]],
  [
    'another spelling of a group that ignores case',
    'SELECT city, count(*) FROM people GROUP BY city',
    [
      ['berlin', 2],
      ['Paris', 1],
      [null, 1],
    ],
  ],
  ['another of the rows that tie at a LIMIT', 'SELECT name FROM people ORDER BY pay DESC LIMIT 1', [['Cy']]],
  [
    'an order by an alias of a sum',
    'SELECT active, sum(pay) AS total FROM people GROUP BY active ORDER BY total * 2 DESC',
    [
      [0, 40],
      [1, 10.5],
    ],
  ],
  [
    'an order of distinct rows',
    'SELECT DISTINCT pay FROM people WHERE pay > 0 ORDER BY 1 DESC',
    'SELECT pay FROM people WHERE pay > 0 GROUP BY pay ORDER BY pay DESC',
  ],
];

export const sharedWrong: readonly WrongCase[] = [
  ['a flag that is the other one', 'SELECT active FROM people ORDER BY id', [[true], [true], [true], [false]], 'rows'],
  ['a decimal that differs by a cent', 'SELECT pay FROM people WHERE id <= 2', [['10.51'], ['20.00']], 'rows'],
  ['a text for a number', 'SELECT count(*) FROM people', "SELECT '4'", 'types'],
  ['a date of the day before', 'SELECT born FROM people WHERE id = 1', [['1990-01-04T23:00:00.000Z']], 'rows'],
  ['a time that is half a second late', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T11:30:00.5Z']], 'rows'],
  ['other bytes', 'SELECT photo FROM people WHERE id = 1', [['aGVsbG9v']], 'rows'],
  ['JSON with another member', 'SELECT tags FROM people WHERE id = 1', [[{ a: 1, b: [2], c: 3 }]], 'rows'],
  ['NULL last, as Postgres orders it', 'SELECT pay FROM people ORDER BY pay', [[10.5], [20], [20], [null]], 'order'],
  ['the wrong direction', 'SELECT name FROM people ORDER BY id', 'SELECT name FROM people ORDER BY id DESC', 'order'],
  ['a row that does not tie at a LIMIT', 'SELECT name FROM people ORDER BY pay DESC LIMIT 1', [['Ada']], 'rows'],
  ['too few rows', 'SELECT name FROM people', 'SELECT name FROM people LIMIT 3', 'row-count'],
  ['a distinct that was forgotten', 'SELECT DISTINCT pay FROM people', 'SELECT pay FROM people', 'row-count'],
  ['another column', 'SELECT name FROM people', 'SELECT name, id FROM people', 'columns'],
  ['a column that does not exist', 'SELECT name FROM people', 'SELECT nam FROM people', 'error'],
  ['a second statement', 'SELECT count(*) FROM people', 'SELECT count(*) FROM people; DROP TABLE people', 'error'],
];
