import type { RightCase, WrongCase } from './sqlite-cases.ts';

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
  ['a flag as true and false', 'SELECT active FROM people ORDER BY id', [[true], [false], [true], [false]]],
  ['a flag as 1 and 0', 'SELECT active FROM people ORDER BY id', [[1], [0], [1], [0]]],
  ['a comparison as true and false', 'SELECT pay > 15 FROM people ORDER BY id', [[false], [true], [null], [true]]],
  ['a bit as true and false', 'SELECT bits FROM people ORDER BY id', [[true], [false], [true], [false]]],
  ['a decimal as a number', 'SELECT pay FROM people WHERE id <= 2', [[20], [10.5]]],
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
  ['a date with a time of midnight', 'SELECT born FROM people WHERE id = 1', [['1990-01-05T00:00:00.000Z']]],
  ['a date as in a header', 'SELECT born FROM people WHERE id = 1', [['Fri, 05 Jan 1990 00:00:00 GMT']]],
  ['a time without its zeros', 'SELECT seen FROM people WHERE id = 4', [['2026-01-06 11:30:00.5']]],
  ['a time in another zone', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T13:30:00+02:00']]],
  ['bytes in base64', 'SELECT photo FROM people WHERE id < 3 ORDER BY id', [['aGVsbG8='], ['AP8=']]],
  ['bytes as text', 'SELECT photo FROM people WHERE id = 1', [['hello']]],
  ['bytes as Node writes a Buffer', 'SELECT photo FROM people WHERE id = 2', [[{ type: 'Buffer', data: [0, 255] }]]],
  ['JSON that was parsed', 'SELECT tags FROM people WHERE id <= 2 ORDER BY id', [[{ b: [2], a: 1 }], [[]]]],
  ['an integer that JSON rounds', 'SELECT big FROM people WHERE id = 1', [[9007199254740992]]],
  ['an integer as digits', 'SELECT big FROM people WHERE id = 1', [['9007199254740993']]],
  [
    'another spelling of a group that ignores case',
    'SELECT city, count(*) FROM people GROUP BY city',
    [
      ['berlin', 2],
      ['Paris', 1],
      [null, 1],
    ],
  ],
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
  ['another of the rows that tie at a LIMIT', 'SELECT name FROM people ORDER BY pay DESC LIMIT 1', [['Cy']]],
  ['NULL first, as MySQL orders it', 'SELECT pay FROM people ORDER BY pay', [[null], [10.5], [20], [20]]],
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
  ['a flag that is the other one', 'SELECT active FROM people ORDER BY id', [[true], [true], [true], [false]], 'rows'],
  ['true for a count', 'SELECT count(*) FROM people WHERE id = 1', [[true]], 'rows'],
  ['a decimal that differs by a cent', 'SELECT pay FROM people WHERE id <= 2', [['10.51'], ['20.00']], 'rows'],
  [
    'an average that was rounded to two decimals',
    'SELECT avg(pay) FROM people',
    'SELECT round(avg(pay), 2) FROM people',
    'rows',
  ],
  ['a text for a number', 'SELECT count(*) FROM people', "SELECT '4'", 'types'],
  ['a date of the day before', 'SELECT born FROM people WHERE id = 1', [['1990-01-04T23:00:00.000Z']], 'rows'],
  ['a time that is half a second late', 'SELECT seen FROM people WHERE id = 2', [['2026-01-06T11:30:00.5Z']], 'rows'],
  ['other bytes', 'SELECT photo FROM people WHERE id = 1', [['aGVsbG9v']], 'rows'],
  ['JSON with another member', 'SELECT tags FROM people WHERE id = 1', [[{ a: 1, b: [2], c: 3 }]], 'rows'],
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
  ['NULL last, as Postgres orders it', 'SELECT pay FROM people ORDER BY pay', [[10.5], [20], [20], [null]], 'order'],
  ['the wrong direction', 'SELECT name FROM people ORDER BY id', 'SELECT name FROM people ORDER BY id DESC', 'order'],
  ['a row that does not tie at a LIMIT', 'SELECT name FROM people ORDER BY pay DESC LIMIT 1', [['Ada']], 'rows'],
  ['too few rows', 'SELECT name FROM people', 'SELECT name FROM people LIMIT 3', 'row-count'],
  ['a distinct that was forgotten', 'SELECT DISTINCT pay FROM people', 'SELECT pay FROM people', 'row-count'],
  ['another column', 'SELECT name FROM people', 'SELECT name, id FROM people', 'columns'],
  ['a column that does not exist', 'SELECT name FROM people', 'SELECT nam FROM people', 'error'],
  ['a statement that writes', 'SELECT count(*) FROM people', 'DELETE FROM people', 'error'],
  ['a table that is made', 'SELECT count(*) FROM people', 'CREATE TABLE more (id INT)', 'error'],
  ['a second statement', 'SELECT count(*) FROM people', 'SELECT count(*) FROM people; DROP TABLE people', 'error'],
  ['a setting in place of a query', 'SELECT count(*) FROM people', 'SET @a = 1', 'error'],
  [
    'a query without an end',
    'SELECT count(*) FROM people',
    'SELECT count(*) FROM people, information_schema.columns a, information_schema.columns b, information_schema.columns c',
    'timeout',
  ],
];
