import { type RightCase, sharedRight, sharedWrong, type WrongCase } from './shared-cases.ts';

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
  ...sharedRight,
  ['a flag as a number', 'SELECT active FROM people ORDER BY id', [[1], [0], [1], [0]]],
  ['a comparison as true and false', 'SELECT share > 0.15 FROM people ORDER BY id', [[false], [true], [true], [null]]],
  ['a decimal as text with its zeros', 'SELECT pay FROM people WHERE id <= 2', [['10.50'], ['20.00']]],
  ['a sum of floats that was added in another order', 'SELECT sum(share) FROM people', [[0.6000000000000001]]],
  ['a time with T and Z', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T11:30:00Z']]],
  ['a time in another zone', 'SELECT seen FROM people WHERE id = 4', [['2026-01-06T13:30:00.500+02:00']]],
  ['bytes in hexadecimal', 'SELECT photo FROM people WHERE id < 3 ORDER BY id', [['68656C6C6F'], ['0x00ff']]],
  ['an integer that JSON rounds', 'SELECT amount FROM amounts', [[9007199254740992], [12]]],
  ['values of several types in a column', 'SELECT loose FROM people ORDER BY id', [[7], ['seven'], [null], [2.5]]],
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
  [
    'names that differ in case alone, which a collation makes a tie',
    'SELECT name FROM people ORDER BY name COLLATE NOCASE',
    [['ada'], ['Ada'], ['Bo'], ['Cy']],
  ],
  ['NULL first, as SQLite orders it', 'SELECT pay FROM people ORDER BY pay', [[null], [10.5], [20], [20]]],
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
  ...sharedWrong,
  ['true for a number that is no flag', 'SELECT id FROM people WHERE id = 1', [[true]], 'rows'],
  ['a number for a text of digits', "SELECT '007' FROM people WHERE id = 1", [[7]], 'rows'],
  ['bytes that are missing', 'SELECT photo FROM people WHERE id = 1', [[null]], 'rows'],
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
  ['a statement that writes', 'SELECT count(*) FROM people', 'DELETE FROM people RETURNING id', 'error'],
  [
    'a statement that writes behind a WITH',
    'SELECT count(*) FROM people',
    'WITH x AS (SELECT 1) DELETE FROM people RETURNING id',
    'error',
  ],
  ['a file that is attached', 'SELECT count(*) FROM people', "ATTACH 'other.db' AS other", 'error'],
  [
    'a query without an end',
    'SELECT count(*) FROM people',
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
    'timeout',
  ],
];
