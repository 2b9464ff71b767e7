import {
  expect,
  needs,
  newAccount,
  requirement,
  reset_peer,
  faultTest as test,
  uniqueName,
} from '../../fixtures/index.ts';
import { cutAtEachQuery } from './transactions.cut.ts';

/** Work is seldom looked for unasked: the queries that are counted are those of the request. */
const quiet = { JOB_POLL_SECONDS: '5' };
const covered = requirement('RES-04', 'RES-11', needs('auth', 'link triggers', 'started target'));

test(
  'a registration whose connection is cut at any query is whole or not there, and done once when it is asked for again',
  covered,
  async ({ behindLinks, freshDatabase, startOwnTarget, clientsOf, acknowledgedWrites, query, settled }) => {
    const platform = await freshDatabase('platform');
    const { owner } = platform.urls;
    const { links, options } = await behindLinks({ platform: owner });
    const target = await startOwnTarget({ ...options, env: quiet });
    const { http } = clientsOf(target);
    const ledger = acknowledgedWrites('users', platform);
    const accounts: ReturnType<typeof newAccount>[] = [];
    const register = (account: ReturnType<typeof newAccount>) =>
      ledger.write(account.email, () => http.request('POST', '/api/v1/auth/register', { json: account }));
    await register(newAccount());

    const cuts = await cutAtEachQuery(links.postgres, async () => {
      const account = newAccount();
      accounts.push(account);
      const answer = await register(account);
      if (!answer || answer.status === 201) return;
      const { status, headers, json } = answer;
      expect({ status, headers, body: json() }).toBeProblem(503, /lost the connection/);
      expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
    });
    // A user, a session, a token, and what holds them together.
    expect(cuts, 'cut in the middle').toBeGreaterThanOrEqual(8);
    await ledger.verify();
    for (const account of accounts) await register(account);
    await ledger.verify();
    const halves = await query(
      owner,
      `SELECT email FROM users LEFT JOIN sessions ON user_id = users.id LEFT JOIN refresh_tokens ON session_id = sessions.id
       WHERE token_hash IS NULL AND role <> 'admin'`,
    );
    expect(halves, 'no account without a session, no session without a token').toEqual([]);
    await settled({ on: target, databases: [platform] });
  },
);

test(
  'where Postgres goes away at COMMIT and cannot be asked, the caller is told that it is not known; any other refusal means no',
  covered,
  async ({ behindLinks, freshDatabase, startOwnTarget, clientsOf, acknowledgedWrites, query }) => {
    const platform = await freshDatabase('platform');
    const { links, options } = await behindLinks({ platform: platform.urls.owner });
    const { http } = clientsOf(await startOwnTarget({ ...options, env: quiet }));
    const ledger = acknowledgedWrites('users', platform, { inDoubt: ['database_outcome_unknown'] });
    const register = (account: ReturnType<typeof newAccount>) =>
      ledger.write(account.email, () => http.request('POST', '/api/v1/auth/register', { json: account }));
    const again = () => expect.poll(async () => (await register(newAccount()))?.status).toBe(201);
    await again();

    const codes: string[] = [];
    let doubtful = '';
    for (let n = 1; n <= 24 && codes.at(-1) !== 'database_outcome_unknown'; n++) {
      // The answer of the n-th query is lost, and every connection after it.
      const gone = await links.postgres.add(reset_peer({ stream: 'downstream', at: { query: n } }));
      const account = newAccount();
      const answer = await register(account);
      await gone.remove();
      codes.push(answer ? String((answer.json() as { code?: string }).code) : 'no answer');
      if (answer?.status === 504) {
        expect({ ...answer, body: answer.json() }).toBeProblem(504, /may have kept it: look before you repeat it/);
        expect(answer.headers['retry-after'], 'an invitation to write it twice').toBeUndefined();
        doubtful = account.email;
      }
      await again();
    }
    expect(codes.at(-1)).toBe('database_outcome_unknown');
    expect(new Set(codes.slice(0, -1))).toEqual(new Set(['database_unavailable']));
    await ledger.verify();
    const kept = await query(platform.urls.owner, 'SELECT 1 AS kept FROM users WHERE email = $1', [doubtful]);
    expect(kept, 'here it was').toEqual([{ kept: 1 }]);
  },
);

test('a document whose connection is cut at any query is kept with its bytes and its job, or not at all', {
  ...covered,
  tag: '@slow',
}, async ({
  behindLinks,
  freshDatabase,
  startOwnTarget,
  clientsOf,
  signUp,
  knowledgeOf,
  newDocument,
  acknowledgedWrites,
  query,
  settled,
}) => {
  const platform = await freshDatabase('platform');
  const { owner } = platform.urls;
  const { links, options } = await behindLinks({ platform: owner });
  const target = await startOwnTarget({ ...options, env: quiet });
  const { http } = clientsOf(target);
  const { documents } = knowledgeOf(await signUp({}, http), http);
  const ledger = acknowledgedWrites('documents', platform);
  const files: Awaited<ReturnType<typeof newDocument>>[] = [];
  const upload = async (file: (typeof files)[number]) => {
    const kept = await ledger.write(file.name, async () => (await documents.upload(file)).body.document);
    return kept?.id;
  };
  const cuts = await cutAtEachQuery(links.postgres, async () => {
    const file = await newDocument('text');
    files.push(file);
    return (await upload(file)) !== undefined;
  });
  expect(cuts, 'cut in the middle').toBeGreaterThanOrEqual(8);
  expect(ledger.tally()).toMatchObject({ unknown: 0, refused: expect.any(Number) });
  await ledger.verify();
  for (const file of files) expect(await upload(file), file.name).toBeTruthy();
  await ledger.verify();
  await settled({ on: target, databases: [platform], within: 30_000 });
  const states = await query(owner, 'SELECT d.status, j.state FROM documents d LEFT JOIN jobs j ON j.subject = d.id');
  expect(states).toEqual(files.map(() => ({ status: 'indexed', state: 'done' })));
});

test('a batch whose connection is cut at any query is there with all its items or not at all, and asked for again is not doubled', {
  ...requirement('RES-04', 'RES-11', needs('batch', 'link triggers', 'started target')),
  tag: '@slow',
}, async ({
  behindLinks,
  freshDatabase,
  startOwnTarget,
  clientsOf,
  signUp,
  platformAs,
  acknowledgedWrites,
  modelId,
  query,
  settled,
}) => {
  const platform = await freshDatabase('platform');
  const { owner } = platform.urls;
  const { links, options } = await behindLinks({ platform: owner });
  const target = await startOwnTarget({ ...options, env: quiet });
  const { http } = clientsOf(target);
  const { batches } = platformAs(await signUp({}, http), http);
  const ledger = acknowledgedWrites('batch items', platform);
  const submitted: string[][] = [];
  const submit = (ids: string[]) =>
    ledger.write(ids, async () => {
      const items = ids.map((id) => ({ id, input: 'Hello', max_tokens: 1 }));
      return (await batches.submit(modelId, items)).body;
    });
  const cuts = await cutAtEachQuery(links.postgres, async () => {
    const ids = ['a', 'b', 'c'].map((name) => uniqueName(name));
    submitted.push(ids);
    return (await submit(ids)) !== undefined;
  });
  expect(cuts, 'cut in the middle').toBeGreaterThanOrEqual(6);
  await ledger.verify();
  const acknowledged = new Set(ledger.attempts.flatMap(({ key, fate }) => (fate === 'acknowledged' ? key : [])));
  for (const ids of submitted) if (!ids.some((id) => acknowledged.has(id))) expect(await submit(ids)).toBeTruthy();
  await ledger.verify();
  await settled({ on: target, databases: [platform], within: 30_000 });
  const torn = await query(
    owner,
    'SELECT id, total FROM batches WHERE total <> (SELECT count(*) FROM batch_items WHERE batch_id = batches.id)',
  );
  expect(torn, 'batches that lack items').toEqual([]);
  expect(await query(owner, 'SELECT count(*)::int AS n FROM batches')).toEqual([{ n: submitted.length }]);
});
