import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { outcomes, runInline } from '../support/inline-run.ts';
import { copyTarget } from '../support/own-target.ts';

test.beforeEach(() => test.setTimeout(180_000));

const spec = `import { expect, faultTest as test } from '$fixtures';
const count = async (sql) => Number((await sql.ask('How many deals are there?')).body.rows[0][0]);

test('two instances share fresh databases, and the worker has its own', async ({ startOwnTarget, clientsFor, query, sql }) => {
  const first = await startOwnTarget({ databases: 'fresh' });
  const second = await startOwnTarget({ databases: first.databases });
  const other = await startOwnTarget({ databases: 'fresh' });
  expect(first.url).not.toBe(second.url);
  const counts = () => Promise.all([first, second, other].map((one) => count(clientsFor(one).sql)).concat(count(sql)));
  expect(await counts()).toEqual([120, 120, 120, 120]);
  await query(first.databases.sales.urls.owner, 'DELETE FROM deals WHERE id > 100');
  expect(await counts()).toEqual([100, 100, 120, 120]);
});

test('an instance is frozen, killed and started again, alone', async ({ startOwnTarget, clientsFor, sql }) => {
  const own = await startOwnTarget();
  const { http } = clientsFor(own);
  const health = () => http.request('GET', '/healthz', { timeoutMs: 1_000 }).then(({ status }) => status, ({ kind }) => kind);
  expect(await health()).toBe(200);
  await own.freeze();
  expect(await health()).toBe('timeout');
  await own.thaw();
  expect(await health()).toBe(200);
  await own.kill();
  // A connection that was kept breaks first.
  await expect.poll(health).toBe('refused');
  expect(await count(sql)).toBe(120);
  await own.restart();
  expect(await health()).toBe(200);
  await own.stop();
  await expect.poll(health).toBe('refused');
});

test('an instance behind links of its own is disturbed alone', async ({ createLinks, startOwnTarget, clientsFor, sql }) => {
  const { links, options } = await createLinks();
  const own = clientsFor(await startOwnTarget(options)).sql;
  expect(await count(own)).toBe(120);
  const down = await links.postgres.down();
  expect((await own.send({ question: 'How many deals are there?' })).status).toBe(503);
  expect(await count(sql)).toBe(120);
  await down.remove();
  await expect.poll(() => count(own)).toBe(120);
});

test('a setting that no description has is an error', async ({ startOwnTarget }) => {
  await startOwnTarget({ settings: { 'rate limit': 1 } });
});
`;

test(
  'a test starts, shares, freezes, kills and cuts off instances of a described service of its own, without the reference service',
  requirement('OWN-01', 'OWN-02', 'OWN-03'),
  async ({}, testInfo) => {
    const run = await runInline(
      testInfo,
      { 'own.spec.ts': spec },
      { env: { TARGET_PROFILE: copyTarget(testInfo, 'text-to-sql') } },
    );
    const all = outcomes(run);
    expect(
      all.map(({ status, errors }) => [status, errors[0]?.split('\n')[0]]),
      run.stderr,
    ).toEqual([
      ['passed', undefined],
      ['passed', undefined],
      ['passed', undefined],
      [
        'failed',
        "Error: The description has no settings['rate limit'], so the test cannot turn it: declare needs('settings.rate limit').",
      ],
    ]);
    expect(run.stderr).not.toMatch(/model server|vectors|the reference service/);
  },
);
