import pg from 'pg';
import { type Attempt, breachesOf, type StoredRow } from '../../../fixtures/faults/writes/compare.ts';
import { openLedger } from '../../../fixtures/faults/writes/ledger.ts';
import { expect, newAccount, faultTest as test } from '../../../fixtures/index.ts';
import { outcomes, runInline } from '../support/inline-run.ts';

const tried = (fate: Attempt['fate'], id?: string): Attempt => ({
  key: 'k',
  fate,
  answer: fate,
  ...(id ? { id } : {}),
});
const row = (id = '1'): StoredRow => ({ key: 'k', id });

const rows: [title: string, attempts: Attempt[], stored: StoredRow[], rule: string | undefined][] = [
  ['an acknowledged write that is stored', [tried('acknowledged', '1')], [row()], undefined],
  ['an acknowledged write that is missing', [tried('acknowledged', '1')], [], 'lost'],
  ['an acknowledged write that is stored twice', [tried('acknowledged', '1')], [row('1'), row('2')], 'doubled'],
  [
    'an acknowledged write that is stored under another id',
    [tried('acknowledged', '1')],
    [row('2')],
    'kept under another id',
  ],
  ['a refused write that is not stored', [tried('refused')], [], undefined],
  ['a refused write that is stored', [tried('refused')], [row()], 'kept though refused'],
  ['a write of unknown fate that is not stored', [tried('unknown')], [], undefined],
  ['a write of unknown fate that is stored', [tried('unknown')], [row()], undefined],
  ['a write of unknown fate that is stored twice', [tried('unknown')], [row('1'), row('2')], 'doubled'],
  [
    'a write of unknown fate that is repeated and refused because it is stored',
    [tried('unknown'), tried('refused')],
    [row()],
    undefined,
  ],
  [
    'a write of unknown fate that is repeated, acknowledged and stored twice',
    [tried('unknown'), tried('acknowledged', '2')],
    [row('1'), row('2')],
    'doubled',
  ],
  [
    'a write of unknown fate that is repeated and acknowledged, but missing',
    [tried('unknown'), tried('acknowledged', '2')],
    [],
    'lost',
  ],
  ['a row of another writer', [tried('refused')], [{ key: 'other', id: '9' }], undefined],
];
for (const [title, attempts, stored, rule] of rows)
  test(`the write ledger reports ${rule ? `"${rule}"` : 'no breach'} for ${title}`, () =>
    expect(breachesOf(attempts, stored).map((breach) => breach.rule)).toEqual(rule ? [rule] : []));

test('the write ledger records the answers of a service and names each row that contradicts them', async ({
  freshDatabase,
  startOwnTarget,
  clientsFor,
  authClientFor,
  acknowledgedWrites,
  query,
}) => {
  const platform = await freshDatabase('platform');
  const target = await startOwnTarget({ platform: platform.urls.owner });
  const auth = authClientFor(clientsFor(target).http);
  const ledger = acknowledgedWrites('users', platform);
  const accounts = Array.from({ length: 4 }, () => newAccount());
  const [changed, lost, late] = accounts as [(typeof accounts)[0], (typeof accounts)[0], (typeof accounts)[0]];
  for (const account of accounts) await ledger.write(account.email, () => auth.register(account));
  const weak = { ...newAccount(), password: 'x' };
  await ledger.write(weak.email, () => auth.register(weak));
  await target.stop('SIGKILL');
  await ledger.write(late.email, () => auth.register(late));
  expect(ledger.tally()).toEqual({ acknowledged: 4, refused: 2, unknown: 0 });
  expect(ledger.attempts.map(({ answer }) => answer)).toEqual([
    '201',
    '201',
    '201',
    '201',
    expect.stringMatching(/^4\d\d \w/),
    'never sent (refused)',
  ]);
  await ledger.verify();

  const { owner } = platform.urls;
  await query(owner, 'DELETE FROM users WHERE email = $1', [lost.email]);
  await query(owner, `INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), $1, 'x')`, [weak.email]);
  await query(owner, 'UPDATE users SET id = gen_random_uuid() WHERE email = $1', [changed.email]).catch(() => {});
  const error = await ledger.verify().catch(String);
  expect(error).toMatch(
    /^Error: [23] of the users are not as their callers were told \(4 acknowledged, 2 refused, 0 unknown\)/,
  );
  expect(error).toMatch(new RegExp(`lost +${lost.email} +201 +none`));
  expect(error).toMatch(new RegExp(`kept though refused +${weak.email} +4\\d\\d`));
});

test('the keys of one write share its fate in the write ledger, and an error of the test itself counts as unknown', async () => {
  const ledger = openLedger('batch items', async () => [{ key: 'a' }, { key: 'a' }]);
  expect(await ledger.write(['a', 'b'], async () => ({ status: 202, body: { batch: { id: 'x' } } }))).toBeTruthy();
  expect(ledger.attempts).toEqual(['a', 'b'].map((key) => ({ key, fate: 'acknowledged', id: 'x', answer: '202' })));
  await expect(ledger.write('c', () => Promise.reject(new TypeError('mine')))).rejects.toThrow('mine');
  expect(ledger.tally().unknown).toBe(1);
  await expect(ledger.verify()).rejects.toThrow(/doubled +a +202 +\(a row\), \(a row\)\n +lost +b/);
});

test('a test fails when it never compares its write ledger with the database', async ({}, testInfo) => {
  const run = await runInline(testInfo, {
    'blind.spec.ts': `
import { faultTest as test } from '$fixtures';
test('never compares', async ({ acknowledgedWrites }) => {
  await acknowledgedWrites('things', async () => []).write('a', async () => ({ status: 201 }));
});`,
  });
  expect(outcomes(run)[0]?.errors.join()).toMatch(/Invalid: nothing was written, or it was not compared.*things/s);
});

test('waitForQuiescence() passes for an idle service and names an open transaction, a surplus session and an unfinished job', async ({
  freshDatabase,
  startOwnTarget,
  waitForQuiescence,
  sessionsOf,
  query,
}) => {
  const platform = await freshDatabase('platform');
  const { owner } = platform.urls;
  const target = await startOwnTarget({ platform: owner });
  const of = { on: target, databases: [platform] } as const;
  expect(await waitForQuiescence(of)).toBeGreaterThan(0);
  const sessions = await sessionsOf([platform]);
  expect(sessions[platform.database]).toBeGreaterThan(0);

  const client = new pg.Client({ connectionString: owner, application_name: 'leaky' });
  await client.connect();
  await client.query('BEGIN');
  const held = (error: Error) => error.message;
  const story = await waitForQuiescence({ ...of, sessions: { [platform.database]: 0 }, within: 300 }).catch(held);
  expect(story).toMatch(/^Not at rest after \d+ ms:\n- sessions at work or with an open transaction/);
  expect(story).toMatch(/leaky +idle in transaction/);
  expect(story).toMatch(/\d+ sessions in \w+, where 0 were to be/);
  await client.query('ROLLBACK');
  await client.end();

  const job = `INSERT INTO jobs (id, kind, owner_id, subject, state) SELECT gen_random_uuid(), 'no-such-kind', id, gen_random_uuid(), 'active' FROM users LIMIT 1`;
  await query(owner, job);
  expect(await waitForQuiescence({ ...of, within: 300 }).catch(held)).toMatch(/1 unfinished:\n.*\n +job no-such-kind/);
  await query(owner, `DELETE FROM jobs WHERE kind = 'no-such-kind'`);
  await waitForQuiescence({ ...of, sessions: { [platform.database]: (sessions[platform.database] ?? 0) + 5 } });
});
