import { expectBudget, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };
/** 100 requests: enough for an upper confidence bound of the p95, but not of the p99. */
const pace = { rate: 50, seconds: 2 };

const open = [
  ['health.health', needs('health')],
  ['readiness.ready', needs('readiness')],
  ['metrics.metrics', needs('metrics')],
  ['openapi.openapi', needs('openapi')],
  ['models.list', needs('models')],
] as const;

const signedIn = [
  ['auth.me', needs('auth', 'auth.me')],
  ['documents.list', needs('auth', 'documents', 'documents.details')],
  ['registry.list', needs('auth', 'registry')],
  ['sql.databases', needs('sql.databases')],
] as const;

test.describe('latency of endpoints without model calls', alone, () => {
  for (const [route, needed] of open)
    test(`p50, p95 and p99 of ${route} are within their budgets`, requirement('PERF-11', needed), async ({ load }) => {
      await expectBudget(() => load.constant({ title: route, ...pace }, { route }), 'endpoint');
    });

  for (const [route, needed] of signedIn)
    test(
      `p50, p95 and p99 of ${route} are within their budgets`,
      requirement('PERF-11', needed),
      async ({ load, user: { headers } }) => {
        await expectBudget(() => load.constant({ title: route, ...pace, headers }, { route }), 'endpoint');
      },
    );
});
