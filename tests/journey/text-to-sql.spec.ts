import { answerable, budgets, expect, expectOfModel, needs, requirement, test } from '../../fixtures/index.ts';

/** A few questions of each category that the bundled model answers, about both databases; the accuracy spec asks all. */
const rows = [
  ['SQL-01', 'single-table select'],
  ['SQL-02', 'join'],
  ['SQL-03', 'aggregation'],
  ['SQL-04', 'filter'],
  ['SQL-05', 'order, limit and offset'],
] as const;

for (const [id, what] of rows) {
  test.describe(what, { ...needs('sql', 'gold databases'), tag: '@model' }, () => {
    for (const asked of answerable(id, 6)) {
      test(
        `the ${what} question ${asked.id} is answered with the right rows: ${asked.question}`,
        requirement(id, 'SQL-06', 'SQL-08', 'SQL-09'),
        async ({ sql, expectCorrectSql }) => {
          const { body } = await sql.ask(asked.question);
          await expectOfModel(() => {
            if (sql.has('database')) expect(body.database).toBe(asked.db_id);
            if (sql.has('executed')) expect(body.executed).toBe(true);
            if (sql.has('confidence')) expect(body.confidence).toBeConfidence({ atLeast: budgets['sql.confidence'] });
          });
          if (sql.has('row_count')) expect(body.row_count).toBe(body.rows?.length);
          await expectCorrectSql(body, asked);
        },
      );
    }
  });
}

test('a first question is answered with the right rows from end to end', {
  ...requirement('SQL-01', 'SQL-06', needs('sql', 'gold databases')),
  tag: ['@smoke', '@e2e', '@quick', '@model'],
}, async ({ sql, expectCorrectSql }) => {
  const [asked] = answerable('SQL-01', 1);
  if (!asked)
    throw new Error('Expected a question for SQL-01 that the model in use answers, but the question set has none.');
  const { body } = await sql.ask(asked.question);
  await expectCorrectSql(body, asked);
});
