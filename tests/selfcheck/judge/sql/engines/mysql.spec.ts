import { expect } from '@playwright/test';
import { createJudge, type Judge } from '../../../../../fixtures/judge/sql/judge.ts';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';
import { test as base } from '../../../support/mysql-servers.ts';
import { judged } from './judged.ts';
import { right, statements, wrong } from './mysql-cases.ts';

const test = base.extend<object, { judge: Judge }>({
  judge: [
    async ({ mysql }, use) => {
      const name = `people_${Math.random().toString(36).slice(2, 8)}`;
      await mysql.createClone('people', name);
      {
        await using judge = createJudge({ A: mysql.url(name, 'reader') }, { timeoutMs: 1_500 });
        await use(judge);
      }
      await mysql.dropClone(name);
    },
    { scope: 'worker' },
  ],
});
test.use({ statements });

test(
  'SQL that would write is refused on MySQL or MariaDB even where the judge’s user may write, and changes nothing',
  requirement('OWN-06'),
  async ({ mysql }) => {
    await mysql.createClone('people', 'written');
    {
      await using judge = createJudge({ A: mysql.url('written', 'owner') });
      for (const sql of ['DELETE FROM people', 'CREATE TABLE more (id INT)', 'DROP TABLE people'])
        expect(await judge.judge('SELECT count(*) FROM people', sql), sql).toMatchObject({
          kind: 'error',
          diff: expect.stringMatching(/READ ONLY transaction/),
        });
      expect(await judged(judge, 'SELECT count(*) FROM people', [[4]])).toEqual({ kind: 'equal', diff: '' });
    }
    await mysql.dropClone('written');
  },
);

for (const [what, gold, answer] of right)
  test(`on MySQL or MariaDB, an answer with ${what} is right`, requirement('OWN-06'), async ({ judge }) => {
    expect(await judged(judge, gold, answer)).toEqual({ kind: 'equal', diff: '' });
  });

for (const [what, gold, answer, kind] of wrong)
  test(`on MySQL or MariaDB, an answer with ${what} is wrong`, requirement('OWN-06'), async ({ judge }) => {
    const verdict = await judged(judge, gold, answer);
    expect(verdict.kind, verdict.diff).toBe(kind);
    expect(verdict.diff).not.toBe('');
  });
