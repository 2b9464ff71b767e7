import { expect } from '@playwright/test';
import { createJudge, type Judge } from '../../../../../fixtures/judge/sql/judge.ts';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';
import { withMysql } from '../../../../../fixtures/stack/mysql/connect.ts';
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
      const url = mysql.url('written', 'owner');
      await withMysql(url, (owner) =>
        owner.query('CREATE FUNCTION wipe () RETURNS INT BEGIN DELETE FROM people; RETURN 1; END'),
      );
      await using judge = createJudge({ A: url });
      for (const [sql, says] of [
        ['SELECT wipe()', /READ ONLY transaction/],
        ['DELETE FROM people', /it begins with DELETE, not with SELECT/],
        ['CREATE TABLE more (id INT)', /it begins with CREATE/],
        ['/*!50000 DROP TABLE people */', /it begins with nothing/],
      ] as const)
        expect(await judge.judge('SELECT count(*) FROM people', sql), sql).toMatchObject({
          kind: 'error',
          diff: expect.stringMatching(says),
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
