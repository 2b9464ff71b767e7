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

test('one reader reads our questions and a copy of Spider', requirement('SQL-15'), () => {
  expect(readSpider(ours).questions.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
  const { questions: others, tables } = readSpider(sample);
  expect(others[0]).toMatchObject({ id: 'dev-0001', db_id: 'library', categories: [] });
  expect(tables.map(({ db_id }) => db_id)).toEqual(['library', 'harbour']);
});

test(
  'SQLite databases load into Postgres, and every gold query has a report',
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
      'Book.Pages: declared INT, holds text: "unknown"',
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

test('a database that was not loaded is reported, not passed over', async () => {
  const [first] = await checkGold(readSpider(sample).questions.slice(0, 1), {});
  expect(first).toMatchObject({ id: 'dev-0001', error: 'the database library was not loaded' });
});

test('a folder of another shape is refused with what is wrong', async ({}, testInfo) => {
  expect(() => readSpider(testInfo.outputPath())).toThrow('tables.json cannot be read as JSON');
  writeFileSync(testInfo.outputPath('tables.json'), '[]');
  expect(() => readSpider(testInfo.outputPath())).toThrow('has none of questions.json, dev.json');
  writeFileSync(testInfo.outputPath('dev.json'), '[{"db_id": "a", "question": "b"}]');
  expect(() => readSpider(testInfo.outputPath())).toThrow(/not in Spider's shape[\s\S]*query/);
  await expect(loadSpiderDatabase('', testInfo.outputPath(), 'a')).rejects.toThrow(
    'cannot be opened as a SQLite database',
  );
});

test.describe('SQLite’s spelling becomes Postgres’s', () => {
  const rows: [title: string, sqlite: string, postgres: string][] = [
    ['a string in double quotes', 'SELECT a FROM t WHERE a = "x y"', "SELECT a FROM t WHERE a = 'x y'"],
    ['a quote inside of it', `SELECT a FROM t WHERE a = "O'Neill"`, "SELECT a FROM t WHERE a = 'O''Neill'"],
    ['a name in double quotes', 'SELECT "A" FROM t', 'SELECT "a" FROM t'],
    ['an alias in double quotes', 'SELECT a AS "Sum" FROM t ORDER BY "Sum"', 'SELECT a AS "sum" FROM t ORDER BY "sum"'],
    ['backticks and brackets', 'SELECT `User`, [b] FROM t', 'SELECT "user", "b" FROM t'],
    ['a reserved name', 'SELECT user FROM t', 'SELECT "user" FROM t'],
    ['a double equals sign', 'SELECT a FROM t WHERE a == 1', 'SELECT a FROM t WHERE a = 1'],
    ['LIKE', "SELECT a FROM t WHERE a LIKE 'x%'", "SELECT a FROM t WHERE a ILIKE 'x%'"],
    ['LIMIT with two numbers', 'SELECT a FROM t LIMIT 5, 10', 'SELECT a FROM t LIMIT 10 OFFSET 5'],
    ['IFNULL', 'SELECT ifnull(a, 0) FROM t', 'SELECT COALESCE(a, 0) FROM t'],
    ['nothing in a string', 'SELECT a FROM t WHERE a = \'x "==" y\'', 'SELECT a FROM t WHERE a = \'x "==" y\''],
    ['a semicolon at the end', 'SELECT a FROM t ;', 'SELECT a FROM t'],
  ];
  for (const [title, sqlite, postgres] of rows)
    test(title, () => expect(toPostgres(sqlite, ['t', 'a', 'b', 'User'])).toBe(postgres));
});

test.describe('a column is typed by its declaration and its values, and says what could not stay what it was', () => {
  type Values = Parameters<typeof typeColumn>[1];
  const rows: [title: string, declared: string, values: Values, type: string, problems?: string[]][] = [
    ['whole numbers', 'INTEGER', [1n, null, 2n], 'bigint'],
    [
      'fractions among whole numbers',
      'INT',
      [1n, 1.5],
      'double precision',
      ['declared INT, holds fractions: double precision'],
    ],
    ['numbers in text', 'int', ['7', ' 8 '], 'bigint'],
    ['text among numbers', 'int', [1n, 'many'], 'text', ['declared int, holds text: "many"']],
    ['nothing in words', 'int', [1n, 'n/a', ''], 'bigint', ['2 values became NULL: "n/a", ""']],
    ['money', 'decimal(8,2)', [1n, 2.25], 'numeric'],
    ['a date', 'date', ['2024-01-01', '2024'], 'text'],
    ['no declaration, numbers', '', [1n, 2.5], 'double precision'],
    ['no declaration, nothing', '', [null], 'text'],
    ['a flag in letters', 'bool', ['T', 'F'], 'text'],
    ['a flag in digits', 'bool', [0n, 1n], 'bigint'],
    ['digits declared as text', 'varchar(5)', ['007'], 'text'],
    ['bytes', 'blob', [new Uint8Array([104, 105])], 'text', ['binary values became text']],
    ['a NUL in text', 'text', ['a\0b'], 'text', ['NUL characters were dropped: Postgres has none in text']],
  ];
  for (const [title, declared, values, type, problems = []] of rows)
    test(title, () => expect(typeColumn(declared, values)).toMatchObject({ type, problems }));
});
