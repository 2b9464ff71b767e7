import {
  chatRequest,
  expect,
  latency,
  needs,
  requirement,
  skipAsInconclusive,
  faultTest as test,
} from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: ['@slow', '@baseline'] };

test.describe('regressions against stored baselines', { ...alone, ...needs('process control') }, () => {
  for (const [route, needed] of [
    ['health.health', needs('health')],
    ['auth.me', needs('auth')],
    ['registry.list', needs('auth', 'registry')],
    ['sql.databases', needs('auth', 'sql.databases')],
  ] as const)
    test(
      `${route} is no slower than its stored baseline`,
      requirement('PERF-17', needed),
      async ({ expectOwnNoRegression }) => {
        await expectOwnNoRegression({ title: route }, { route });
      },
    );

  test(
    'chat.create is no slower than its stored baseline',
    requirement('PERF-17', needs('auth', 'chat')),
    async ({ expectOwnNoRegression, modelId }) => {
      const json = { ...chatRequest(modelId), max_tokens: 4 };
      await expectOwnNoRegression(
        { title: 'chat.create', requests: 5 },
        { method: 'POST', route: 'chat.create', json },
      );
    },
  );
});

test(
  'the health endpoint of any target is no slower than its stored baseline',
  { ...alone, ...requirement('PERF-17', needs('health')) },
  async ({ expectNoRegression }) => expectNoRegression({ title: 'health of the target' }, { route: 'health.health' }),
);

test('an unchanged service is not judged slower than its baseline, and one with a slower database is', {
  lock: '-exclusive-',
  tag: '@slow',
  ...requirement('PERF-17', needs('auth', 'links', 'started target')),
}, async ({ measureRun, compareWith, links, linkedTarget: on, signUp, clientsFor }) => {
  const { headers } = await signUp({}, clientsFor(on).http);
  const size = { on, headers, rounds: 8, requests: 20 };
  const me = { route: 'auth.me' } as const;
  const baseline = [];
  for (let run = 1; run <= 4; run += 1)
    baseline.push(await measureRun({ title: `auth.me, baseline ${run}`, ...size }, me));

  const unchanged = await compareWith(baseline, { title: 'auth.me again', ...size }, me);
  expect(unchanged.verdict, unchanged.reason).not.toBe('slower');

  const toxic = await links.postgres.add(latency({ latency: 3 }));
  const slowed = await compareWith(
    baseline,
    { title: 'auth.me, its database delayed by 3 ms on purpose', ...size },
    me,
  );
  await toxic.remove();
  skipAsInconclusive(test.info(), slowed.verdict === 'unknown', slowed.reason);
  expect(slowed.verdict, slowed.reason).toBe('slower');
});
