import {
  expect,
  latency,
  needs,
  requirement,
  simple,
  skipAsInconclusive,
  faultTest as test,
} from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: ['@slow', '@baseline'] };

test.describe('a request is no slower than its stored baseline', { ...alone, ...needs('started target') }, () => {
  for (const [route, needed] of [
    ['health.health', needs('health')],
    ['auth.me', needs('auth')],
    ['registry.list', needs('auth', 'registry')],
    ['sql.databases', needs('auth', 'sql.databases')],
  ] as const)
    test(route, requirement('PERF-17', needed), async ({ expectOwnNoRegression }) => {
      await expectOwnNoRegression({ title: route }, { route });
    });

  test('chat.create', requirement('PERF-17', needs('auth', 'chat')), async ({ expectOwnNoRegression, modelId }) => {
    const json = { ...simple(modelId), max_tokens: 4 };
    await expectOwnNoRegression({ title: 'chat.create', requests: 5 }, { method: 'POST', route: 'chat.create', json });
  });
});

test(
  'health of the target, whosever it is, is no slower than its stored baseline',
  { ...alone, ...requirement('PERF-17', needs('health')) },
  async ({ expectNoRegression }) => expectNoRegression({ title: 'health of the target' }, { route: 'health.health' }),
);

test('the same service twice is no slower, and one whose database answers later is', {
  lock: '-exclusive-',
  tag: '@slow',
  ...requirement('PERF-17', needs('auth', 'links', 'started target')),
}, async ({ measureRun, compareWith, links, linkedTarget: on, signUp, clientsOf }) => {
  const { headers } = await signUp({}, clientsOf(on).http);
  const size = { on, headers, rounds: 8, requests: 20 };
  const me = { route: 'auth.me' } as const;
  const baseline = [];
  for (let run = 1; run <= 4; run += 1)
    baseline.push(await measureRun({ title: `auth.me, baseline ${run}`, ...size }, me));

  const again = await compareWith(baseline, { title: 'auth.me again', ...size }, me);
  expect(again.verdict, again.reason).not.toBe('slower');

  const toxic = await links.postgres.add(latency({ latency: 3 }));
  const later = await compareWith(baseline, { title: 'auth.me, its database made 3 ms later on purpose', ...size }, me);
  await toxic.remove();
  skipAsInconclusive(test.info(), later.verdict === 'unknown', later.reason);
  expect(later.verdict, later.reason).toBe('slower');
});
