import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, requirement, test } from '../../../../fixtures/index.ts';
import { createJudge } from '../../../../fixtures/judge/sql/judge.ts';
import { typeColumn } from '../../../../fixtures/judge/sql/spider/columns.ts';
import { checkGold, loadSpiderDatabase, readSpider } from '../../../../fixtures/judge/sql/spider/index.ts';
import { toPostgres } from '../../../../fixtures/judge/sql/spider/transpile.ts';
import { questions } from '../../../../seed/questions/index.ts';

const ours = fileURLToPath(new URL('../../../../seed/questions', import.meta.url));
const sample = `${ours}/spider-sample`;

test('readSpider reads both the bundled questions and a folder in the format of Spider', requirement('SQL-15'), () => {
  expect(readSpider(ours).questions.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
  const { questions: others, tables } = readSpider(sample);
  expect(others[0]).toMatchObject({ id: 'dev-0001', db_id: 'library', categories: [] });
  expect(tables.map(({ db_id }) => db_id)).toEqual(['library', 'harbour']);
});

test(
  'the SQLite databases of a Spider folder load into Postgres, and every gold query is reported',
  requirement('SQL-15'),
  async ({ freshDatabase }) => {
    const { questions: all } = readSpider(sample);
    const urls: Record<string, string> = {};
    const problems: string[] = [];
    for (const db_id of ['library', 'harbour']) {
      const database = await freshDatabase('shop');
      const report = await loadSpiderDatabase(database.urls.owner, sample, db_id);
      problems.push(...report.problems.map(({ table, column, problem }) => `${table}.${column}: ${problem}`));
      urls[db_id] = database.urls.reader;
    }
    expect(problems).toEqual([
      'Author.Birth_Year: 1 values became NULL: ""',
      'Book.Pages: declared as INT, but holds text: "unknown"',
      'Loan.Fine: 1 values became NULL: "n/a"',
      'ship.code: no primary key: column "code" of relation "ship" contains null values',
    ]);

    const reports = await checkGold(all, urls);
    expect(reports.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    const refused = reports.filter(({ error }) => error !== undefined);
    expect(refused.map(({ id, error }) => [id, /\((\d+)/.exec(error ?? '')?.[1]])).toEqual([
      ['dev-0013', '42803'],
      ['dev-0014', '42883'],
      ['dev-0019', '42883'],
    ]);

    await using judge = createJudge({ A: urls['library'] as string });
    const quiet = all.find(({ id }) => id === 'dev-0003')?.query ?? '';
    expect((await judge.gold(quiet, 'A')).rows).toEqual([['The Quiet Tide'], ['the quiet garden']]);
    expect((await judge.judge(quiet, "SELECT title FROM book WHERE title LIKE '%quiet%'")).kind).toBe('row-count');
  },
);

test('checkGold reports a question whose database was not loaded', async () => {
  const [first] = await checkGold(readSpider(sample).questions.slice(0, 1), {});
  expect(first).toMatchObject({ id: 'dev-0001', error: 'the database library was not loaded' });
});

test('readSpider refuses a folder that is not in the format of Spider and says what is wrong', async ({}, testInfo) => {
  expect(() => readSpider(testInfo.outputPath())).toThrow('tables.json cannot be read as JSON');
  writeFileSync(testInfo.outputPath('tables.json'), '[]');
  expect(() => readSpider(testInfo.outputPath())).toThrow('has none of questions.json, dev.json');
  writeFileSync(testInfo.outputPath('dev.json'), '[{"db_id": "a", "question": "b"}]');
  expect(() => readSpider(testInfo.outputPath())).toThrow(/not in Spider's shape[\s\S]*query/);
  await expect(loadSpiderDatabase('', testInfo.outputPath(), 'a')).rejects.toThrow(
    'cannot be opened as a SQLite database',
  );
});

test.describe('translation of SQLite to Postgres', () => {
  const rows: [title: string, sqlite: string, postgres: string][] = [
    ['a string in double quotes', 'SELECT a FROM t WHERE a = "x y"', "SELECT a FROM t WHERE a = 'x y'"],
    [
      'a single quote inside a string in double quotes',
      `SELECT a FROM t WHERE a = "O'Neill"`,
      "SELECT a FROM t WHERE a = 'O''Neill'",
    ],
    ['a name in double quotes', 'SELECT "A" FROM t', 'SELECT "a" FROM t'],
    ['an alias in double quotes', 'SELECT a AS "Sum" FROM t ORDER BY "Sum"', 'SELECT a AS "sum" FROM t ORDER BY "sum"'],
    ['names in backticks and brackets', 'SELECT `User`, [b] FROM t', 'SELECT "user", "b" FROM t'],
    ['a reserved word as a name', 'SELECT user FROM t', 'SELECT "user" FROM t'],
    ['a double equals sign', 'SELECT a FROM t WHERE a == 1', 'SELECT a FROM t WHERE a = 1'],
    ['LIKE', "SELECT a FROM t WHERE a LIKE 'x%'", "SELECT a FROM t WHERE a ILIKE 'x%'"],
    ['LIMIT with two numbers', 'SELECT a FROM t LIMIT 5, 10', 'SELECT a FROM t LIMIT 10 OFFSET 5'],
    ['IFNULL', 'SELECT ifnull(a, 0) FROM t', 'SELECT COALESCE(a, 0) FROM t'],
    ['operators inside a string', 'SELECT a FROM t WHERE a = \'x "==" y\'', 'SELECT a FROM t WHERE a = \'x "==" y\''],
    ['a semicolon at the end', 'SELECT a FROM t ;', 'SELECT a FROM t'],
  ];
  for (const [title, sqlite, postgres] of rows)
    test(`toPostgres translates ${title}`, () => expect(toPostgres(sqlite, ['t', 'a', 'b', 'User'])).toBe(postgres));
});

test.describe('types of SQLite columns in Postgres', () => {
  type Values = Parameters<typeof typeColumn>[1];
  const rows: [title: string, declared: string, values: Values, type: string, problems?: string[]][] = [
    ['whole numbers', 'INTEGER', [1n, null, 2n], 'bigint'],
    [
      'fractions among whole numbers',
      'INT',
      [1n, 1.5],
      'double precision',
      ['declared as INT, but holds fractions: double precision'],
    ],
    ['numbers written as text', 'int', ['7', ' 8 '], 'bigint'],
    ['text among whole numbers', 'int', [1n, 'many'], 'text', ['declared as int, but holds text: "many"']],
    ['empty values written as text', 'int', [1n, 'n/a', ''], 'bigint', ['2 values became NULL: "n/a", ""']],
    ['decimals', 'decimal(8,2)', [1n, 2.25], 'numeric'],
    ['dates', 'date', ['2024-01-01', '2024'], 'text'],
    ['numbers without a declared type', '', [1n, 2.5], 'double precision'],
    ['no values and no declared type', '', [null], 'text'],
    ['booleans written as letters', 'bool', ['T', 'F'], 'text'],
    ['booleans written as digits', 'bool', [0n, 1n], 'bigint'],
    ['digits declared as text', 'varchar(5)', ['007'], 'text'],
    ['bytes', 'blob', [new Uint8Array([104, 105])], 'text', ['binary values became text']],
    [
      'text with a NUL',
      'text',
      ['a\0b'],
      'text',
      ['NUL characters were removed: Postgres does not allow them in text'],
    ],
  ];
  for (const [title, declared, values, type, problems = []] of rows)
    test(`typeColumn makes ${type} of ${title}${problems.length > 0 ? ' and reports what changed' : ''}`, () =>
      expect(typeColumn(declared, values)).toMatchObject({ type, problems }));
});
