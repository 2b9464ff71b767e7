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

/** The job queue polls rarely, so that the queries that are cut and counted are those of the request. */
const rarePolling = { JOB_POLL_SECONDS: '5' };
const details = requirement('RES-04', 'RES-11', needs('auth', 'link triggers', 'state.users', 'started target'));

test(
  'a registration whose connection is cut at any query is stored whole or not at all; a retry stores it once',
  details,
  async ({ createLinks, freshDatabase, startOwnTarget, clientsFor, acknowledgedWrites, query, waitForQuiescence }) => {
    const platform = await freshDatabase('platform');
    const { owner } = platform.urls;
    const { links, options } = await createLinks({ platform: owner });
    const target = await startOwnTarget({ ...options, env: rarePolling });
    const { http } = clientsFor(target);
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
    // The queries for the user, the session, the token, and the transaction around them.
    expect(cuts, 'cuts in the middle of registrations').toBeGreaterThanOrEqual(8);
    await ledger.verify();
    for (const account of accounts) await register(account);
    await ledger.verify();
    const incomplete = await query(
      owner,
      `SELECT email FROM users LEFT JOIN sessions ON user_id = users.id LEFT JOIN refresh_tokens ON session_id = sessions.id
       WHERE token_hash IS NULL AND role <> 'admin'`,
    );
    expect(incomplete, 'accounts without a session, or with a session without a token').toEqual([]);
    await waitForQuiescence({ on: target, databases: [platform] });
  },
);

test(
  'a registration lost at COMMIT gets a 504 of unknown outcome; every other refusal means that nothing was stored',
  details,
  async ({ createLinks, freshDatabase, startOwnTarget, clientsFor, acknowledgedWrites, query }) => {
    const platform = await freshDatabase('platform');
    const { links, options } = await createLinks({ platform: platform.urls.owner });
    const { http } = clientsFor(await startOwnTarget({ ...options, env: rarePolling }));
    const ledger = acknowledgedWrites('users', platform, { inDoubt: ['database_outcome_unknown'] });
    const register = (account: ReturnType<typeof newAccount>) =>
      ledger.write(account.email, () => http.request('POST', '/api/v1/auth/register', { json: account }));
    const serviceWorks = () => expect.poll(async () => (await register(newAccount()))?.status).toBe(201);
    await serviceWorks();

    const codes: string[] = [];
    let uncertainEmail = '';
    for (let n = 1; n <= 24 && codes.at(-1) !== 'database_outcome_unknown'; n++) {
      // The answer of the n-th query is lost, and every later connection is cut as well.
      const cut = await links.postgres.add(reset_peer({ stream: 'downstream', at: { query: n } }));
      const account = newAccount();
      const answer = await register(account);
      await cut.remove();
      codes.push(answer ? String((answer.json() as { code?: string }).code) : 'no answer');
      if (answer?.status === 504) {
        expect({ ...answer, body: answer.json() }).toBeProblem(504, /may have kept it: look before you repeat it/);
        expect(answer.headers['retry-after'], 'Retry-After: it would invite the client to write twice').toBeUndefined();
        uncertainEmail = account.email;
      }
      await serviceWorks();
    }
    expect(codes.at(-1)).toBe('database_outcome_unknown');
    expect(new Set(codes.slice(0, -1))).toEqual(new Set(['database_unavailable']));
    await ledger.verify();
    const stored = await query(platform.urls.owner, 'SELECT 1 AS stored FROM users WHERE email = $1', [uncertainEmail]);
    expect(stored, 'the account of unknown outcome: Postgres had committed it').toEqual([{ stored: 1 }]);
  },
);

test('a document whose connection is cut at any query is stored with its bytes and its job, or not at all', {
  ...requirement('RES-04', 'RES-11', needs('auth', 'documents', 'link triggers', 'state.documents', 'started target')),
  tag: '@slow',
}, async ({
  createLinks,
  freshDatabase,
  startOwnTarget,
  clientsFor,
  signUp,
  documentClientsFor,
  newDocument,
  acknowledgedWrites,
  query,
  waitForQuiescence,
}) => {
  const platform = await freshDatabase('platform');
  const { owner } = platform.urls;
  const { links, options } = await createLinks({ platform: owner });
  const target = await startOwnTarget({ ...options, env: rarePolling });
  const { http } = clientsFor(target);
  const { documents } = documentClientsFor(await signUp({}, http), http);
  const ledger = acknowledgedWrites('documents', platform);
  const files: Awaited<ReturnType<typeof newDocument>>[] = [];
  const upload = async (file: (typeof files)[number]) => {
    const document = await ledger.write(file.name, async () => (await documents.upload(file)).body.document);
    return document?.id;
  };
  const cuts = await cutAtEachQuery(links.postgres, async () => {
    const file = await newDocument('text');
    files.push(file);
    return (await upload(file)) !== undefined;
  });
  expect(cuts, 'cuts in the middle of uploads').toBeGreaterThanOrEqual(8);
  expect(ledger.tally()).toMatchObject({ unknown: 0, refused: expect.any(Number) });
  await ledger.verify();
  for (const file of files) expect(await upload(file), `id of ${file.name}, uploaded again`).toBeTruthy();
  await ledger.verify();
  await waitForQuiescence({ on: target, databases: [platform], within: 30_000 });
  const states = await query(owner, 'SELECT d.status, j.state FROM documents d LEFT JOIN jobs j ON j.subject = d.id');
  expect(states).toEqual(files.map(() => ({ status: 'indexed', state: 'done' })));
});

test('a batch whose connection is cut at any query is stored with all items or not at all; a retry stores it once', {
  ...requirement('RES-04', 'RES-11', needs('batch', 'link triggers', 'state.batch items', 'started target')),
  tag: '@slow',
}, async ({
  createLinks,
  freshDatabase,
  startOwnTarget,
  clientsFor,
  signUp,
  platformClientsFor,
  acknowledgedWrites,
  modelId,
  query,
  waitForQuiescence,
}) => {
  const platform = await freshDatabase('platform');
  const { owner } = platform.urls;
  const { links, options } = await createLinks({ platform: owner });
  const target = await startOwnTarget({ ...options, env: rarePolling });
  const { http } = clientsFor(target);
  const { batches } = platformClientsFor(await signUp({}, http), http);
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
  expect(cuts, 'cuts in the middle of batch submissions').toBeGreaterThanOrEqual(6);
  await ledger.verify();
  const acknowledged = new Set(ledger.attempts.flatMap(({ key, fate }) => (fate === 'acknowledged' ? key : [])));
  for (const ids of submitted) if (!ids.some((id) => acknowledged.has(id))) expect(await submit(ids)).toBeTruthy();
  await ledger.verify();
  await waitForQuiescence({ on: target, databases: [platform], within: 30_000 });
  const incomplete = await query(
    owner,
    'SELECT id, total FROM batches WHERE total <> (SELECT count(*) FROM batch_items WHERE batch_id = batches.id)',
  );
  expect(incomplete, 'batches that lack items').toEqual([]);
  expect(await query(owner, 'SELECT count(*)::int AS n FROM batches')).toEqual([{ n: submitted.length }]);
});
