import {
  accuracyReport,
  budgets,
  expect,
  inParallel,
  knownFailures,
  needs,
  questions,
  requirement,
  test,
} from '../../fixtures/index.ts';

/** The limit from one answer to the next, because how long all of them take depends on the model. */
const answerLimitMs = 120_000;

test(
  'the model in use answers the whole set of SQL questions within its accuracy budget',
  { ...requirement('SQL-06', 'SQL-15', needs('sql', 'gold databases')), tag: ['@slow', '@model'] },
  async ({ sql, sqlVerdict, config }, testInfo) => {
    const began = performance.now();
    const results = await inParallel(6, questions, async (question) => {
      test.setTimeout(Math.ceil(performance.now() - began) + answerLimitMs);
      try {
        const { body } = await sql.ask(question.question);
        return { question, answer: body, verdict: await sqlVerdict(body, question) };
      } catch (error) {
        // A refused question counts as a wrong answer, and must not end the run.
        const diff = error instanceof Error ? error.message : String(error);
        return {
          question,
          answer: { sql: null, confidence: 0 },
          verdict: { kind: 'error' as const, diff, instance: undefined },
        };
      }
    });
    const report = accuracyReport(results, knownFailures, budgets['sql.confidence']);
    await testInfo.attach('accuracy', { body: report.markdown, contentType: 'text/markdown' });
    const failures = JSON.stringify(report.failures, null, 1);
    await testInfo.attach('known-failures.json', { body: failures, contentType: 'application/json' });
    await testInfo.attach('misses', { body: report.misses || 'none', contentType: 'text/plain' });
    testInfo.annotations.push({
      type: 'accuracy',
      description: `${(report.accuracy * 100).toFixed(1)} % of ${questions.length} (${config.MODEL_ID})`,
    });
    expect(report.accuracy, report.markdown).toBeGreaterThanOrEqual(budgets['sql.accuracy']);
  },
);
