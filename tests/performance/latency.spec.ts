import { expect, expectBudget, needs, partOf, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test('the health endpoint answers within its budget', { ...alone, ...requirement('PERF-02', needs('health')) }, async ({
  load,
}) => {
  const measure = () => load.constant({ title: 'health', rate: 50, seconds: 3 }, { route: 'health.health' });
  await expectBudget(measure, 'health');
});

test('the metrics endpoint answers within its budget', {
  ...alone,
  ...requirement('PERF-05', needs('metrics')),
}, async ({ load }) => {
  const measure = () => load.constant({ title: 'metrics', rate: 50, seconds: 2 }, { route: 'metrics.metrics' });
  await expectBudget(measure, 'metrics');
});

test('the database time of a question is within its budget', {
  ...alone,
  ...requirement('PERF-06', needs('sql.timings')),
}, async ({ load, user: { headers } }) => {
  const question = { question: 'How many customers are there?' };
  await expectBudget(async () => {
    const executeMs: number[] = [];
    const questions = await load.users(
      { title: 'questions', users: 1, rounds: 20, warmup: 2, headers },
      async (http) => {
        const answer = await http.post('sql.ask', question);
        expect(answer.status).toBe(200);
        const { timings } = answer.json() as { timings: Record<string, number> };
        executeMs.push(Number(timings['execute_ms']));
      },
    );
    return partOf(questions, 'database time of questions', executeMs);
  }, 'database');
});
