import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test as base, expect } from '@playwright/test';
import { createJudge, type Judge } from '../../../../../fixtures/judge/sql/judge.ts';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';
import { fileUrl } from '../../../../../fixtures/stack/sqlite/path.ts';
import { judged } from './judged.ts';
import { right, schema, wrong } from './sqlite-cases.ts';

const test = base.extend<object, { judge: Judge }>({
  judge: [
    async ({}, use) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-sqlite-'));
      const file = path.join(folder, 'people.sqlite');
      const database = new DatabaseSync(file);
      database.exec(schema);
      database.close();
      {
        await using judge = createJudge({ A: fileUrl(file) }, { timeoutMs: 1_500 });
        await use(judge);
      }
      fs.rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

const unreadable: readonly [what: string, gold: string, says: RegExp][] = [
  [
    'of two statements',
    'SELECT 1; SELECT 2',
    /^Expected one SELECT of SQLite, got more than one statement\. Correct the query/,
  ],
  ['that writes', 'DELETE FROM people', /got one that begins with DELETE/],
  ['with a parenthesis too many', 'SELECT count(*)) FROM people', /got parentheses that do not match/],
  [
    'ordered by a column behind a *',
    'SELECT *, id AS nr FROM people ORDER BY 3',
    /write the name of the column in place of 3/,
  ],
  [
    'whose distinct rows are ordered by another column',
    'SELECT DISTINCT name FROM people ORDER BY born',
    /born is none of its columns.*Order by a column that it returns/,
  ],
  ['that fails', 'SELECT nam FROM people', /^The gold query fails on A \(SQLITE_1: no such column: nam\)/],
];

for (const [what, gold, says] of unreadable)
  test(
    `on SQLite, a gold query ${what} is an error that says what to correct`,
    requirement('OWN-06'),
    async ({ judge }) => {
      await expect(judge.gold(gold, 'A')).rejects.toThrow(says);
    },
  );

test('on SQLite, a reader that was ended for one query answers the next', requirement('OWN-06'), async ({ judge }) => {
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0';
  expect(await judge.run(endless, 'A')).toMatchObject({ kind: 'timeout' });
  expect(await judge.run('SELECT count(*) AS people FROM people', 'A')).toMatchObject({
    columns: ['people'],
    rows: [[4]],
  });
});

test('a file that is no SQLite database is an error with its path', requirement('OWN-06'), async ({}, testInfo) => {
  const file = testInfo.outputPath('no-database');
  fs.writeFileSync(file, 'This is a text, and no database at all.'.repeat(40));
  await using judge = createJudge({ A: fileUrl(file) });
  await expect(judge.run('SELECT 1', 'A')).rejects.toThrow(
    /no-database cannot be read as a SQLite database: file is not a database/,
  );
});

for (const [what, gold, answer] of right)
  test(`on SQLite, an answer with ${what} is right`, requirement('OWN-06'), async ({ judge }) => {
    expect(await judged(judge, gold, answer)).toEqual({ kind: 'equal', diff: '' });
  });

for (const [what, gold, answer, kind] of wrong)
  test(`on SQLite, an answer with ${what} is wrong`, requirement('OWN-06'), async ({ judge }) => {
    const verdict = await judged(judge, gold, answer);
    expect(verdict.kind, verdict.diff).toBe(kind);
    expect(verdict.diff).not.toBe('');
  });
