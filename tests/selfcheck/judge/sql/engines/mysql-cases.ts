import { type RightCase, sharedRight, sharedWrong, type WrongCase } from './shared-cases.ts';

export const statements: readonly string[] = [
  `CREATE TABLE people (
    id INT PRIMARY KEY, name VARCHAR(20) COLLATE utf8mb4_bin NOT NULL, city VARCHAR(20), active BOOLEAN NOT NULL,
    pay DECIMAL(10, 2), share DOUBLE, small FLOAT, born DATE, seen DATETIME(3), noted TIMESTAMP NULL, photo BLOB,
    tags JSON, bits BIT(1) NOT NULL, big BIGINT, level ENUM('low', 'high'), shift TIME
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
  `INSERT INTO people VALUES
    (1, 'Ada', 'Berlin', 1, 10.50, 0.1, 0.1, '1990-01-05', '2026-01-05 10:00:00', '2026-01-05 10:00:00', X'68656c6c6f',
      '{"a":1,"b":[2]}', b'1', 9007199254740993, 'high', '08:30:00'),
    (2, 'ada', 'BERLIN', 0, 20, 0.2, 0.2, '1985-12-31', '2026-01-06 11:30:00', NULL, X'00ff', '[]', b'0', 12, 'low', NULL),
    (3, 'Bo', 'Paris', 1, NULL, 0.3, 0.3, NULL, NULL, NULL, NULL, NULL, b'1', NULL, NULL, NULL),
    (4, 'Cy', NULL, 0, 20, NULL, NULL, '2000-02-29', '2026-01-06 11:30:00.5', NULL, X'', NULL, b'0', 7, 'low', NULL)`,
];

export const right: readonly RightCase[] = [
  ...sharedRight,
  ['a flag as 1 and 0', 'SELECT active FROM people ORDER BY id', [[1], [0], [1], [0]]],
  ['a comparison as true and false', 'SELECT pay > 15 FROM people ORDER BY id', [[false], [true], [null], [true]]],
  ['a bit as true and false', 'SELECT bits FROM people ORDER BY id', [[true], [false], [true], [false]]],
  ['a decimal as text without its zeros', 'SELECT pay FROM people WHERE id <= 2', [['10.5'], ['20']]],
  ['a sum as text', 'SELECT sum(pay) FROM people', [['50.50']]],
  [
    'an average with fewer decimals',
    'SELECT avg(pay) FROM people',
    'SELECT sum(pay) / count(pay) * 1.0 FROM people WHERE pay > 0',
  ],
  ['an average with more decimals', 'SELECT avg(pay) FROM people', 'SELECT avg(pay * 1.000) FROM people'],
  ['a sum of floats in another order', 'SELECT sum(share) FROM people', [[0.6000000000000001]]],
  ['a float of single precision', 'SELECT small FROM people WHERE id = 1', [[0.10000000149011612]]],
  ['a time without its zeros', 'SELECT seen FROM people WHERE id = 4', [['2026-01-06 11:30:00.5']]],
  ['a time in another zone', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T13:30:00+02:00']]],
  ['bytes as text', 'SELECT photo FROM people WHERE id = 1', [['hello']]],
  ['an integer that JSON rounds', 'SELECT big FROM people WHERE id = 1', [[9007199254740992]]],
  ['an integer as digits', 'SELECT big FROM people WHERE id = 1', [['9007199254740993']]],
  ['a count by another function', 'SELECT count(*) FROM people', 'SELECT sum(1) FROM people'],
  ['rows in any order where none is asked for', 'SELECT name FROM people', 'SELECT name FROM people ORDER BY id DESC'],
  [
    'cities that tie, because their collation ignores case',
    'SELECT id, city FROM people WHERE id < 4 ORDER BY city',
    [
      [2, 'BERLIN'],
      [1, 'Berlin'],
      [3, 'Paris'],
    ],
  ],
  ['NULL first, as MySQL orders it', 'SELECT pay FROM people ORDER BY pay', [[null], [10.5], [20], [20]]],
  [
    'an order of a union in parentheses',
    "(SELECT name FROM people WHERE id = 1) UNION (SELECT 'Zoe') ORDER BY name DESC",
    [['Zoe'], ['Ada']],
  ],
  [
    'an order in a query that begins with a common table expression',
    'WITH p AS (SELECT * FROM people) SELECT name FROM p ORDER BY id LIMIT 1, 2',
    [['ada'], ['Bo']],
  ],
  [
    'an order by an ENUM, which is that of its declaration',
    'SELECT level FROM people WHERE level IS NOT NULL ORDER BY level',
    [['low'], ['low'], ['high']],
  ],
];

export const wrong: readonly WrongCase[] = [
  ...sharedWrong,
  ['true for a count', 'SELECT count(*) FROM people WHERE id = 1', [[true]], 'rows'],
  [
    'an average that was rounded to two decimals',
    'SELECT avg(pay) FROM people',
    'SELECT round(avg(pay), 2) FROM people',
    'rows',
  ],
  ['an integer that differs by one', 'SELECT big FROM people WHERE id = 1', [['9007199254740992']], 'rows'],
  ['another spelling of a city in a plain query', 'SELECT city FROM people WHERE id = 3', [['PARIS']], 'rows'],
  [
    'another spelling in a group where case counts',
    'SELECT name, count(*) FROM people GROUP BY name',
    [
      ['Ada', 1],
      ['ADA', 1],
      ['Bo', 1],
      ['Cy', 1],
    ],
    'rows',
  ],
  ['a statement that writes', 'SELECT count(*) FROM people', 'DELETE FROM people', 'error'],
  ['a table that is made', 'SELECT count(*) FROM people', 'CREATE TABLE more (id INT)', 'error'],
  ['a setting in place of a query', 'SELECT count(*) FROM people', 'SET @a = 1', 'error'],
  [
    'a query without an end',
    'SELECT count(*) FROM people',
    'SELECT count(*) FROM people, information_schema.columns a, information_schema.columns b, information_schema.columns c',
    'timeout',
  ],
];
