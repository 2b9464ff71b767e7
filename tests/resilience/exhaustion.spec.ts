import { expect, fullDisk, isReference, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test(
  'while all pooled connections are busy, requests get a clear 503; waiting writes complete, and all recovers',
  requirement('RES-21', needs('registry', 'started target')),
  async ({
    freshDatabase,
    startOwnTarget,
    clientsFor,
    signInAdmin,
    platformClientsFor,
    newModel,
    lockRows,
    steadyTraffic,
    waitForQuiescence,
  }) => {
    const platform = await freshDatabase('platform');
    const { owner } = platform.urls;
    const settings = { 'database connections': 3, 'database connect timeout': 1_500 };
    const target = await startOwnTarget({ platform: owner, settings });
    const { http, operations } = clientsFor(target);
    const admin = await signInAdmin(http);
    const { registry } = platformClientsFor(admin, http);
    const { body: model } = await registry.create(newModel());
    const traffic = await steadyTraffic((http) => http.request('GET', '/api/v1/auth/me'), {
      on: target,
      title: 'auth.me while all pooled connections are busy',
      headers: admin.headers,
      users: 2,
      pauseMs: 40,
    });
    await traffic.waitForRequests(5);

    const heldRow = await lockRows(owner, 'SELECT FROM registered_models WHERE id = $1 FOR UPDATE', [model.id]);
    const changes = ['one', 'two', 'three'].map((description) => registry.change(model.id, { description }));
    // A request of the traffic may still get a connection before the third write has one.
    await expect.poll(() => heldRow.waiting()).toBe(3);
    const heal = await traffic.fault('all pooled connections busy', () => () => heldRow.release());
    await traffic.waitForSample('refusal', ({ kind }) => kind === 'refused');
    const { status, headers, json } = await http.request('GET', '/api/v1/auth/me', { headers: admin.headers });
    expect({ status, headers, body: json() }).toBeProblem(503, /no connection in time: all are in use/);
    expect(json()).toMatchObject({ code: 'database_unavailable', dependency: 'postgres:platform' });
    expect(headers['retry-after'], 'Retry-After').toMatch(/^[1-9]\d*$/);
    expect((await operations.health()).status).toBe(200);
    await heal();

    expect((await Promise.all(changes)).map((change) => change.status)).toEqual([200, 200, 200]);
    await traffic.waitForRecovery({ within: 15_000 });
    const { all } = await traffic.stop();
    expect(Object.keys(all.errors)).toEqual(['503 database_unavailable']);
    await waitForQuiescence({ on: target, databases: [platform], sessions: { [platform.database]: 3 + 4 + 2 } });
  },
);

test(
  'a Postgres without free connections is no fault of the caller, and once there are some again the service uses them',
  requirement('RES-21', needs('auth', 'postgres databases', 'process control')),
  async ({ startOwnTarget, clientsFor, signUp, authClientFor, query, waitForRecovery }) => {
    const target = await startOwnTarget({ databases: 'fresh' });
    const clones = Object.values(target.databases);
    const { http, operations } = clientsFor(target);
    const { accessToken, headers } = await signUp({}, http);
    const limitConnections = (limit: number) =>
      Promise.all(
        clones.map(({ database, urls }) => query(urls.admin, `ALTER DATABASE "${database}" CONNECTION LIMIT ${limit}`)),
      );
    await limitConnections(0);
    for (const { database, urls } of clones)
      await query(urls.admin, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
    const auth = authClientFor(http);
    // An access token may be good without a look at the database.
    const { status } = await auth.answer('me', { headers, timeoutMs: 20_000 });
    const blames = status >= 400 && status < 500;
    expect(blames, `whether the service says that the caller is at fault: its status is ${status}`).toBe(false);
    if (isReference) {
      await expect
        .poll(async () => {
          const answer = await http.request('GET', '/api/v1/auth/me', { headers });
          return [answer.status, (answer.json() as { detail?: string }).detail];
        })
        .toEqual([503, 'Database platform is out of resources (SQLSTATE 53300).']);
      expect((await operations.ready()).status).toBe(503);
    }
    await limitConnections(-1);
    await waitForRecovery('reading the account', () => auth.me(accessToken), { within: 20_000 });
  },
);

test.describe('a full disk', needs('documents', 'state.documents', 'started target', 'linux'), () => {
  test(
    'a document that does not fit on a full disk is refused with 503, and accepted once there is space again',
    requirement('RES-21'),
    async ({
      startOwnPostgres,
      startOwnTarget,
      clientsFor,
      signUp,
      documentClientsFor,
      newDocument,
      acknowledgedWrites,
      waitForQuiescence,
    }) => {
      const postgres = await startOwnPostgres();
      const { platform } = postgres.databases;
      const target = await startOwnTarget({ platform: platform.urls.owner });
      const { http } = clientsFor(target);
      const { documents, uploadAndWait } = documentClientsFor(await signUp({}, http), http);
      const ledger = acknowledgedWrites('documents', platform);
      const file = await newDocument('text');
      await using disk = await fullDisk(platform, 'document_parts');
      const { headers, body, status } = await documents.uploadRefusal(file);
      await ledger.write(file.name, async () => ({ status, body }));
      expect({ status, headers, body }).toBeProblem(503, /out of resources \(SQLSTATE 53100\)/);
      expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
      expect(JSON.stringify(body), 'the answer should not show paths of the server').not.toContain('base/');
      await ledger.verify();
      // Requests that need no more space still work.
      expect((await documents.list()).body.total).toBe(0);
      await signUp({}, http);

      await disk.free();
      await ledger.write(file.name, async () => (await uploadAndWait(file)).document);
      expect(ledger.tally()).toMatchObject({ acknowledged: 1, refused: 1 });
      await ledger.verify();
      await waitForQuiescence({ on: target, databases: [platform] });
    },
  );

  test(
    'a full disk delays the indexing of a document until there is space again',
    requirement('RES-21'),
    async ({
      startOwnPostgres,
      startOwnTarget,
      clientsFor,
      signUp,
      documentClientsFor,
      newDocument,
      logOf,
      waitForRecovery,
      waitForQuiescence,
    }) => {
      const { platform } = (await startOwnPostgres()).databases;
      const target = await startOwnTarget({ platform: platform.urls.owner });
      const { http } = clientsFor(target);
      const { documents } = documentClientsFor(await signUp({}, http), http);
      await using disk = await fullDisk(platform, 'document_chunks');
      const { job, document } = (await documents.upload(await newDocument('text'))).body;
      await expect.poll(() => logOf(target), { timeout: 20_000 }).toContain('53100');
      expect((await documents.job(job.id)).body.state, 'state of the job while the disk is full').toMatch(
        /^(queued|active)$/,
      );
      await disk.free();
      await waitForRecovery('the indexing job', async () => (await documents.job(job.id)).body.state === 'done', {
        within: 30_000,
      });
      expect((await documents.read(document.id)).body.status).toBe('indexed');
      await waitForQuiescence({ on: target, databases: [platform] });
    },
  );
});
