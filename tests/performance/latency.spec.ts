import { budgets, expect, needs, requirement, test } from '../../fixtures/index.ts';

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

test('health answers within its budget', requirement('PERF-02', needs('health')), async ({ operations }) => {
  await operations.health();
  const took: number[] = [];
  for (let sample = 0; sample < 50; sample++) {
    const { exchange } = await operations.health();
    took.push((exchange.stamps.end ?? Number.NaN) - exchange.stamps.queued);
  }
  expect(mean(took), 'mean of GET /health in ms; its budget is health.meanMs').toBeLessThan(budgets['health.meanMs']);
  expect(percentile(took, 0.95), 'p95 of GET /health in ms; its budget is health.p95Ms').toBeLessThan(
    budgets['health.p95Ms'],
  );
});

test('metrics answer within their budget', requirement('PERF-05', needs('metrics')), async ({ operations }) => {
  const { exchange } = await operations.metrics();
  const took = (exchange.stamps.end ?? Number.NaN) - exchange.stamps.queued;
  expect(took, 'GET /metrics in ms; its budget is metrics.ms').toBeLessThan(budgets['metrics.ms']);
});

test(
  'the database part of a question is within its budget',
  requirement('PERF-06', needs('sql.timings')),
  async ({ sql }) => {
    const took: number[] = [];
    for (let sample = 0; sample < 10; sample++) {
      const { body } = await sql.ask('How many customers are there?');
      took.push(Number(body.timings['execute_ms']));
    }
    expect(mean(took), 'mean execute_ms of a question; its budget is database.meanMs').toBeLessThan(
      budgets['database.meanMs'],
    );
  },
);
