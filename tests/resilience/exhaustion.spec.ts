import { expect, fullDisk, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const needed = needs('auth', 'started target');

test(
  'with all its connections at work the service says so, soon; what waits is done, and nobody is shut out afterwards',
  requirement('RES-21', needs('registry', 'started target')),
  async ({
    freshDatabase,
    startOwnTarget,
    clientsOf,
    signInAdmin,
    platformAs,
    newModel,
    holdRows,
    steady,
    settled,
  }) => {
    const platform = await freshDatabase('platform');
    const { owner } = platform.urls;
    const env = { DATABASE_POOL_MAX: '3', DATABASE_CONNECT_TIMEOUT_MS: '1500' };
    const target = await startOwnTarget({ platform: owner, env });
    const { http, operations } = clientsOf(target);
    const admin = await signInAdmin(http);
    const { registry } = platformAs(admin, http);
    const { body: model } = await registry.create(newModel());
    const traffic = await steady(({ http }) => http.request('GET', '/api/v1/auth/me'), {
      on: target,
      title: 'who am I, while all connections are at work',
      headers: admin.headers,
      users: 2,
      pauseMs: 40,
    });
    await traffic.more(5);

    const held = await holdRows(owner, 'SELECT FROM registered_models WHERE id = $1 FOR UPDATE', [model.id]);
    const changes = ['one', 'two', 'three'].map((description) => registry.change(model.id, { description }));
    // One request may still come between them.
    await expect.poll(() => held.waiting()).toBe(3);
    const heal = await traffic.fault('all connections at work', () => () => held.release());
    await traffic.sees('refusal', ({ kind }) => kind === 'refused');
    const { status, headers, json } = await http.request('GET', '/api/v1/auth/me', { headers: admin.headers });
    expect({ status, headers, body: json() }).toBeProblem(503, /no connection in time: all are in use/);
    expect(json()).toMatchObject({ code: 'database_unavailable', dependency: 'postgres:platform' });
    expect(headers['retry-after'], 'Retry-After').toMatch(/^[1-9]\d*$/);
    expect((await operations.health()).status).toBe(200);
    await heal();

    expect((await Promise.all(changes)).map((change) => change.status)).toEqual([200, 200, 200]);
    await traffic.recovers({ within: 15_000 });
    const { all } = await traffic.stop();
    expect(Object.keys(all.errors)).toEqual(['503 database_unavailable']);
    await settled({ on: target, databases: [platform], sessions: { [platform.database]: 3 + 4 + 2 } });
  },
);

test(
  'a server that has no connection left is told from one that is down',
  requirement('RES-21', needed),
  async ({ freshDatabase, startOwnTarget, clientsOf, signUp, authOn, query, recovers }) => {
    const platform = await freshDatabase('platform');
    const { database, urls } = platform;
    const { http, operations } = clientsOf(await startOwnTarget({ platform: urls.owner }));
    const { accessToken, headers } = await signUp({}, http);
    const limit = (most: number) => query(urls.admin, `ALTER DATABASE "${database}" CONNECTION LIMIT ${most}`);
    await limit(0);
    await query(urls.admin, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
    await expect
      .poll(async () => {
        const answer = await http.request('GET', '/api/v1/auth/me', { headers });
        return [answer.status, (answer.json() as { detail?: string }).detail];
      })
      .toEqual([503, 'Database platform is out of resources (SQLSTATE 53300).']);
    expect((await operations.ready()).status).toBe(503);
    await limit(-1);
    await recovers('the account', () => authOn(http).me(accessToken), { within: 10_000 });
  },
);

test.describe('a full disk', needs('documents', 'started target', 'linux'), () => {
  test(
    'refuses the document that does not fit, in words, and nothing else; with space again it is kept',
    requirement('RES-21'),
    async ({
      startOwnPostgres,
      startOwnTarget,
      clientsOf,
      signUp,
      knowledgeOf,
      newDocument,
      acknowledgedWrites,
      settled,
    }) => {
      const postgres = await startOwnPostgres();
      const { platform } = postgres.databases;
      const target = await startOwnTarget({ platform: platform.urls.owner });
      const { http } = clientsOf(target);
      const { documents, uploadAndWait } = knowledgeOf(await signUp({}, http), http);
      const ledger = acknowledgedWrites('documents', platform);
      const file = await newDocument('text');
      await using disk = await fullDisk(platform, 'document_parts');
      const { headers, body, status } = await documents.uploadRefusal(file);
      await ledger.write(file.name, async () => ({ status, body }));
      expect({ status, headers, body }).toBeProblem(503, /out of resources \(SQLSTATE 53100\)/);
      expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
      expect(JSON.stringify(body), 'no path of the server').not.toContain('base/');
      await ledger.verify();
      // What needs no more space goes on.
      expect((await documents.list()).body.total).toBe(0);
      await signUp({}, http);

      await disk.free();
      await ledger.write(file.name, async () => (await uploadAndWait(file)).document);
      expect(ledger.tally()).toMatchObject({ acknowledged: 1, refused: 1 });
      await ledger.verify();
      await settled({ on: target, databases: [platform] });
    },
  );

  test(
    'delays the document that is being indexed: the job is tried again, and ends',
    requirement('RES-21'),
    async ({
      startOwnPostgres,
      startOwnTarget,
      clientsOf,
      signUp,
      knowledgeOf,
      newDocument,
      logOf,
      recovers,
      settled,
    }) => {
      const { platform } = (await startOwnPostgres()).databases;
      const target = await startOwnTarget({ platform: platform.urls.owner });
      const { http } = clientsOf(target);
      const { documents } = knowledgeOf(await signUp({}, http), http);
      await using disk = await fullDisk(platform, 'document_chunks');
      const { job, document } = (await documents.upload(await newDocument('text'))).body;
      await expect.poll(() => logOf(target), { timeout: 20_000 }).toContain('53100');
      expect((await documents.job(job.id)).body.state, 'of a job that the disk delays').toMatch(/^(queued|active)$/);
      await disk.free();
      await recovers('the job', async () => (await documents.job(job.id)).body.state === 'done', { within: 30_000 });
      expect((await documents.read(document.id)).body.status).toBe('indexed');
      await settled({ on: target, databases: [platform] });
    },
  );
});
