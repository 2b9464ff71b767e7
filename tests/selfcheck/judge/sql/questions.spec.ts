import { fileURLToPath } from 'node:url';
import { test as base, expect, nonsenseQuestions, questions, routingQuestions } from '../../../../fixtures/index.ts';
import { isAmbiguous } from '../../../../fixtures/judge/sql/gold/expect.ts';
import { createJudge, type Judge } from '../../../../fixtures/judge/sql/judge.ts';
import { question } from '../../../../seed/questions/index.ts';
import { readTables } from '../../../../seed/questions/read.ts';
import { catalogOf, scoreMutants } from './mutants/score.ts';

type Database = 'shop' | 'clinic';

const test = base.extend<{ judgeOf: (database: Database) => Judge }>({
  judgeOf: async ({ databases }, use) => {
    await using judges = new AsyncDisposableStack();
    await use((database) => {
      const urls = { A: databases[database].urls.reader, B: databases[`${database}_b`].urls.reader };
      return judges.use(createJudge(urls, { connections: 3 }));
    });
  },
});

const of = (database: Database) => questions.filter(({ db_id }) => db_id === database);
const schemaOf = (database: Database) =>
  readTables(fileURLToPath(new URL('../../../../seed/questions', import.meta.url)))
    .filter(({ db_id }) => db_id === database)
    .map(catalogOf)[0];

test('the bundled questions cover both databases, every difficulty and every category', () => {
  expect(questions.length).toBeGreaterThanOrEqual(160);
  for (const unique of [questions.map(({ id }) => id), questions.map((one) => `${one.db_id} ${one.question}`)])
    expect(new Set(unique).size).toBe(questions.length);
  for (const database of ['shop', 'clinic'] as const) {
    const own = of(database);
    expect(own.length).toBeGreaterThan(questions.length * 0.4);
    for (const difficulty of ['easy', 'medium', 'hard', 'extra'])
      expect(own.filter((one) => one.difficulty === difficulty).length, difficulty).toBeGreaterThanOrEqual(3);
    for (const category of ['SQL-01', 'SQL-02', 'SQL-03', 'SQL-04', 'SQL-05', 'SQL-06', 'SQL-07'] as const)
      expect(own.filter(({ categories }) => categories.includes(category)).length, category).toBeGreaterThanOrEqual(5);
  }
  expect(nonsenseQuestions.length).toBeGreaterThanOrEqual(12);
  expect(routingQuestions.length).toBeGreaterThanOrEqual(10);
});

test('question() refuses an unknown id and names the known range', () => {
  expect(question('shop-001').id).toBe('shop-001');
  expect(() => question('shop-999')).toThrow('No bundled question shop-999; ids run from shop-001 to');
});

for (const database of ['shop', 'clinic'] as const) {
  test(`every gold query of ${database} has exactly one right answer, not empty, and a different one on each instance`, async ({
    judgeOf,
  }) => {
    const judge = judgeOf(database);
    const faults: string[] = [];
    for (const { id, query } of of(database)) {
      const [a, b] = await Promise.all([judge.gold(query, 'A'), judge.gold(query, 'B')]);
      for (const [instance, gold] of Object.entries({ A: a, B: b })) {
        if (gold.rows.length === 0) faults.push(`${id} is empty on ${instance}`);
        if (isAmbiguous(gold)) faults.push(`${id} has a tie at its LIMIT on ${instance}`);
      }
      if (JSON.stringify(a.rows) === JSON.stringify(b.rows)) faults.push(`${id} has the same rows on A and B`);
      const { kind, diff } = await judge.judge(query, query);
      if (kind !== 'equal') faults.push(`${id} is not equal to itself: ${kind} ${diff}`);
    }
    expect(faults).toEqual([]);
  });

  test(`the rows of ${database} distinguish at least 95 % of the mutants from their gold queries`, async ({
    judgeOf,
  }, testInfo) => {
    const { mutants, survivors, score } = await scoreMutants(judgeOf(database), of(database), schemaOf(database), 3);
    const lines = survivors.map(({ id, fault, sql }) => `${id}  ${fault}: ${sql}`);
    await testInfo.attach('survivors', { body: lines.join('\n') || 'none', contentType: 'text/plain' });
    const description = `${mutants} mutants, ${survivors.length} survivors: ${(score * 100).toFixed(1)} % distinguished`;
    testInfo.annotations.push({ type: 'mutants', description });
    expect(mutants).toBeGreaterThan(of(database).length * 3);
    expect(score, `${description}\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0.95);
  });
}

test('the mutation score is below 80 % on a database with too few rows', async ({ freshDatabase, query }) => {
  const { urls } = await freshDatabase('shop');
  await query(urls.owner, 'DELETE FROM reviews');
  await query(urls.owner, 'DELETE FROM order_items');
  await query(urls.owner, 'DELETE FROM orders WHERE id > 5');
  await using judge = createJudge({ A: urls.reader });
  const { score } = await scoreMutants(judge, of('shop').slice(35, 50), schemaOf('shop'));
  expect(score).toBeLessThan(0.8);
});
