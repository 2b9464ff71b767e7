import type { VerdictKind } from '../../../../../fixtures/judge/sql/rows/types.ts';

/** An answer to a gold query: rows as JSON shows them, or SQL. */
export type Answered = readonly (readonly unknown[])[] | string;
export type RightCase = readonly [what: string, gold: string, answer: Answered];
export type WrongCase = readonly [...RightCase, verdict: VerdictKind];

export const schema = `
CREATE TABLE people (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT COLLATE NOCASE, active BOOLEAN NOT NULL, pay NUMERIC(10, 2),
  share REAL, born DATE, seen TIMESTAMP, photo BLOB, tags JSON, loose
);
INSERT INTO people VALUES
  (1, 'Ada', 'Berlin', 1, 10.50, 0.1, '1990-01-05', '2026-01-05 10:00:00', X'68656c6c6f', '{"a":1,"b":[2]}', 7),
  (2, 'ada', 'BERLIN', 0, 20, 0.2, '1985-12-31', '2026-01-06 11:30:00', X'00ff', '[]', 'seven'),
  (3, 'Bo', 'Paris', 1, NULL, 0.3, NULL, NULL, NULL, NULL, NULL),
  (4, 'Cy', NULL, 0, 20, NULL, '2000-02-29', '2026-01-06 11:30:00.5', X'', 'null', 2.5);
CREATE TABLE amounts (id INTEGER PRIMARY KEY, amount INTEGER);
INSERT INTO amounts VALUES (1, 9007199254740993), (2, 12);
`;

export const right: readonly RightCase[] = [
  ['a flag as a number', 'SELECT active FROM people ORDER BY id', [[1], [0], [1], [0]]],
  ['a flag as true and false', 'SELECT active FROM people ORDER BY id', [[true], [false], [true], [false]]],
  ['a comparison as true and false', 'SELECT share > 0.15 FROM people ORDER BY id', [[false], [true], [true], [null]]],
  ['a decimal as text with its zeros', 'SELECT pay FROM people WHERE id <= 2', [['10.50'], ['20.00']]],
  ['a decimal as a number', 'SELECT pay FROM people WHERE id <= 2', [[20], [10.5]]],
  ['a sum of floats that was added in another order', 'SELECT sum(share) FROM people', [[0.6000000000000001]]],
  ['a date with a time of midnight', 'SELECT born FROM people WHERE id = 1', [['1990-01-05T00:00:00.000Z']]],
  ['a date as in a header', 'SELECT born FROM people WHERE id = 1', [['Fri, 05 Jan 1990 00:00:00 GMT']]],
  ['a time with T and Z', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T11:30:00Z']]],
  ['a time in another zone', 'SELECT seen FROM people WHERE id = 4', [['2026-01-06T13:30:00.500+02:00']]],
  ['bytes in base64', 'SELECT photo FROM people WHERE id < 3 ORDER BY id', [['aGVsbG8='], ['AP8=']]],
  ['bytes in hexadecimal', 'SELECT photo FROM people WHERE id < 3 ORDER BY id', [['68656C6C6F'], ['0x00ff']]],
  ['bytes as Node writes a Buffer', 'SELECT photo FROM people WHERE id = 2', [[{ type: 'Buffer', data: [0, 255] }]]],
  ['JSON that was parsed', 'SELECT tags FROM people WHERE id <= 2 ORDER BY id', [[{ b: [2], a: 1 }], [[]]]],
  ['an integer that JSON rounds', 'SELECT amount FROM amounts', [[9007199254740992], [12]]],
  ['values of several types in a column', 'SELECT loose FROM people ORDER BY id', [[7], ['seven'], [null], [2.5]]],
  [
    'another spelling of a group that ignores case',
    'SELECT city, count(*) FROM people GROUP BY city',
    [
      ['berlin', 2],
      ['Paris', 1],
      [null, 1],
    ],
  ],
  [
    'rows in any order where none is asked for',
    'SELECT name FROM people',
    'SELECT name FROM people ORDER BY name DESC',
  ],
  [
    'a tie in another order',
    'SELECT name, pay FROM people WHERE pay = 20 ORDER BY pay',
    'SELECT name, pay FROM people WHERE pay = 20 ORDER BY name',
  ],
  ['another of the rows that tie at a LIMIT', 'SELECT name FROM people ORDER BY pay DESC LIMIT 1', [['Cy']]],
  [
    'names that differ in case alone, which a collation makes a tie',
    'SELECT name FROM people ORDER BY name COLLATE NOCASE',
    [['ada'], ['Ada'], ['Bo'], ['Cy']],
  ],
  ['NULL first, as SQLite orders it', 'SELECT pay FROM people ORDER BY pay', [[null], [10.5], [20], [20]]],
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
  [
    'an order of a union',
    "SELECT name FROM people WHERE id = 1 UNION SELECT 'Zoe' ORDER BY name DESC",
    [['Zoe'], ['Ada']],
  ],
  [
    'an order by a window function',
    'SELECT name, rank() OVER (ORDER BY id) AS place FROM people ORDER BY place',
    [
      ['Ada', 1],
      ['ada', 2],
      ['Bo', 3],
      ['Cy', 4],
    ],
  ],
  [
    'an order in a common table expression that begins the query',
    'WITH p AS (SELECT * FROM people ORDER BY id) SELECT name FROM p ORDER BY id LIMIT 1, 2',
    [['ada'], ['Bo']],
  ],
  [
    'another join that finds the same',
    'SELECT p.name FROM people p JOIN amounts a ON a.id = p.id',
    'SELECT name FROM people WHERE id IN (SELECT id FROM amounts)',
  ],
];

export const wrong: readonly WrongCase[] = [
  ['a flag that is the other one', 'SELECT active FROM people ORDER BY id', [[true], [true], [true], [false]], 'rows'],
  ['true for a number that is no flag', 'SELECT id FROM people WHERE id = 1', [[true]], 'rows'],
  ['a decimal that differs by a cent', 'SELECT pay FROM people WHERE id <= 2', [['10.51'], ['20.00']], 'rows'],
  ['a number for a text of digits', "SELECT '007' FROM people WHERE id = 1", [[7]], 'rows'],
  ['a text for a number', 'SELECT count(*) FROM people', "SELECT '4'", 'types'],
  ['a date of the day before', 'SELECT born FROM people WHERE id = 1', [['1990-01-04T23:00:00.000Z']], 'rows'],
  ['a time that is half a second late', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T11:30:00.5Z']], 'rows'],
  ['other bytes', 'SELECT photo FROM people WHERE id = 1', [['aGVsbG9v']], 'rows'],
  ['bytes that are missing', 'SELECT photo FROM people WHERE id = 1', [[null]], 'rows'],
  ['JSON with another member', 'SELECT tags FROM people WHERE id = 1', [[{ a: 1, b: [2], c: 3 }]], 'rows'],
  ['another spelling of a name', 'SELECT name FROM people WHERE id = 3', [['BO']], 'rows'],
  [
    'another spelling where case counts',
    'SELECT name, count(*) FROM people GROUP BY name',
    [
      ['Ada', 1],
      ['ADA', 1],
      ['Bo', 1],
      ['Cy', 1],
    ],
    'rows',
  ],
  ['NULL last, as Postgres orders it', 'SELECT pay FROM people ORDER BY pay', [[10.5], [20], [20], [null]], 'order'],
  ['the wrong direction', 'SELECT name FROM people ORDER BY id', 'SELECT name FROM people ORDER BY id DESC', 'order'],
  ['a row that does not tie at a LIMIT', 'SELECT name FROM people ORDER BY pay DESC LIMIT 1', [['Ada']], 'rows'],
  ['too few rows', 'SELECT name FROM people', 'SELECT name FROM people LIMIT 3', 'row-count'],
  ['a distinct that was forgotten', 'SELECT DISTINCT pay FROM people', 'SELECT pay FROM people', 'row-count'],
  ['another column', 'SELECT name FROM people', 'SELECT name, id FROM people', 'columns'],
  ['a column that does not exist', 'SELECT name FROM people', 'SELECT nam FROM people', 'error'],
  ['a statement that writes', 'SELECT count(*) FROM people', 'DELETE FROM people RETURNING id', 'error'],
  [
    'a statement that writes behind a WITH',
    'SELECT count(*) FROM people',
    'WITH x AS (SELECT 1) DELETE FROM people RETURNING id',
    'error',
  ],
  ['a second statement', 'SELECT count(*) FROM people', 'SELECT count(*) FROM people; DROP TABLE people', 'error'],
  ['a file that is attached', 'SELECT count(*) FROM people', "ATTACH 'other.db' AS other", 'error'],
  [
    'a query without an end',
    'SELECT count(*) FROM people',
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
    'timeout',
  ],
];
