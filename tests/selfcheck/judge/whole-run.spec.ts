import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { outcomes, runInline } from '../support/inline-run.ts';

/** Answers that a service could give; the failure of each wrong answer must show what is wrong. */
const spec = `
import { test } from '$fixtures';
const gold = { database: 'shop', question: 'Who are our first customers?', query: 'SELECT id, name FROM customers WHERE id <= 4 ORDER BY id' };
const answers = {
  'right': [gold.query, undefined],
  'right in other words': ["SELECT c.id, c.name FROM customers AS c WHERE c.id BETWEEN 1 AND 4 ORDER BY 1", undefined],
  'a wrong row': ["SELECT id, name FROM customers WHERE id IN (1, 2, 3, 5) ORDER BY id", undefined],
  'a missing row': ["SELECT id, name FROM customers WHERE id < 4 ORDER BY id", undefined],
  'a wrong order': ["SELECT id, name FROM customers WHERE id <= 4 ORDER BY id DESC", undefined],
  'a column too many': ["SELECT id, name, country FROM customers WHERE id <= 4 ORDER BY id", undefined],
  'SQL that does not run': ["SELECT id, nam FROM customers", undefined],
  'rows that are not what the SQL finds': [gold.query, [[1, 'Nobody']]],
};
for (const [name, [sql, rows]] of Object.entries(answers))
  test(name, async ({ expectCorrectSql }) => {
    // An expected failure does not restart the worker, so its services stay up.
    test.fail(!name.startsWith('right'));
    await expectCorrectSql({ sql, rows, columns: ['id', 'name'], types: ['int4', 'text'] }, gold);
  });`;

test(
  'expectCorrectSql fails for each kind of wrong SQL answer, and the failure shows the rows that differ',
  requirement('SQL-06'),
  async ({}, testInfo) => {
    const run = await runInline(testInfo, { 'judged.spec.ts': spec });
    expect(run.code, run.stdout).toBe(0);
    const messages = Object.fromEntries(
      outcomes(run).map(({ title, status, errors }) => [title, `${status}\n${errors.join('\n')}`]),
    );
    expect(messages['right']).toMatch(/^passed/);
    expect(messages['right in other words']).toMatch(/^passed/);
    const says = (title: string, ...parts: RegExp[]) => {
      expect(messages[title], title).toMatch(/^failed/);
      for (const part of [/Gold SQL {3}SELECT id, name/, ...parts]) expect(messages[title], title).toMatch(part);
    };
    says('a wrong row', /missing/i, /unexpected/i, /4/, /5/);
    says('a missing row', /row-count/, /missing/i);
    says('a wrong order', /order/);
    says('a column too many', /2 columns[\s\S]*3/);
    says('SQL that does not run', /42703[\s\S]*nam/);
    says('rows that are not what the SQL finds', /Nobody/);
  },
);
