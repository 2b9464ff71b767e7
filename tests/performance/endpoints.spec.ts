import { expectBudget, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };
/** Enough for a p95 that is bounded above; a p99 is reported with an open end. */
const pace = { rate: 50, seconds: 2 };

const open = [
  ['health.health', needs('health')],
  ['readiness.ready', needs('readiness')],
  ['metrics.metrics', needs('metrics')],
  ['openapi.openapi', needs('openapi')],
  ['models.list', needs('models')],
] as const;

const signedIn = [
  ['auth.me', needs('auth')],
  ['documents.list', needs('auth', 'documents')],
  ['registry.list', needs('auth', 'registry')],
  ['sql.databases', needs('sql.databases')],
] as const;

test.describe('p50, p95 and p99 of endpoints that no model works for', alone, () => {
  for (const [route, needed] of open)
    test(`${route} is within its budget`, requirement('PERF-11', needed), async ({ load }) => {
      await expectBudget(() => load.constant({ title: route, ...pace }, { route }), 'endpoint');
    });

  for (const [route, needed] of signedIn)
    test(`${route} is within its budget`, requirement('PERF-11', needed), async ({ load, user: { headers } }) => {
      await expectBudget(() => load.constant({ title: route, ...pace, headers }, { route }), 'endpoint');
    });
});
