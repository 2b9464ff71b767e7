import { expect, latency, needs, requirement, faultTest as test, timeout } from '../../fixtures/index.ts';

const customersQuestion = { question: 'How many customers are there?', database: 'shop' };
const details = needs('sql', 'auth', 'links', 'started target');
/** Sessions that the service may have in its own database at most: its pool, its job queue's, and two listeners. */
const mostSessions = 10 + 4 + 2;

test.describe('Postgres failures', details, () => {
  test(
    'while Postgres is down, every answer is a fast 503 with Retry-After; afterwards everything works again',
    requirement('RES-03'),
    async ({
      links,
      linkedTarget,
      clientsFor,
      signUp,
      documentClientsFor,
      newDocument,
      steadyTraffic,
      waitForQuiescence,
      waitForRecovery,
    }) => {
      const { http, sql, operations } = clientsFor(linkedTarget);
      const user = await signUp({}, http);
      await sql.ask(customersQuestion.question, { database: 'shop' });
      const traffic = await steadyTraffic((http) => http.request('GET', '/api/v1/auth/me'), {
        on: linkedTarget,
        title: 'auth.me while Postgres is down',
        headers: user.headers,
        users: 2,
        pauseMs: 40,
      });
      await traffic.waitForRequests(10);
      const heal = await traffic.fault('Postgres down', async () => {
        const down = await links.postgres.down();
        return () => down.remove();
      });

      await traffic.waitForRequests(10);
      const { headers, status, body } = await sql.refusal(customersQuestion);
      expect({ status, headers, body }).toBeProblem(503, /shop/);
      expect(body).toMatchObject({ code: 'database_unavailable', dependency: 'postgres:shop' });
      expect(headers['retry-after'], 'Retry-After').toMatch(/^[1-9]\d*$/);
      expect((await operations.health()).status, 'status of /health: the process itself still works').toBe(200);
      const ready = await operations.ready();
      expect([ready.status, ready.body.dependencies?.['postgres:platform']?.status]).toEqual([503, 'down']);
      expect(ready.headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
      await heal();

      await traffic.waitForRecovery({ within: 15_000 });
      await waitForRecovery('answers to questions', () => sql.ask(customersQuestion.question, { database: 'shop' }), {
        within: 30_000,
      });
      const { all, before, during, after } = await traffic.stop();
      expect(before.outcomes).toEqual({ ok: before.samples.length });
      // A request that was in flight when its connection was lost gets the same error.
      expect(Object.keys(during().errors)).toEqual(['503 database_unavailable']);
      expect(Object.keys(all.errors)).toEqual(['503 database_unavailable']);
      expect(after.outcomes.ok).toBeGreaterThanOrEqual(3);
      // The job queue and its listening connection are back as well.
      const { uploadAndWait } = documentClientsFor(user, http);
      expect((await uploadAndWait(await newDocument('text'))).job.state).toBe('done');
      const { platform, shop, clinic } = linkedTarget.databases;
      const sessions = { [platform.database]: mostSessions, [shop.database]: 10, [clinic.database]: 10 };
      await waitForQuiescence({ on: linkedTarget, databases: [platform, shop, clinic], sessions, within: 20_000 });
    },
  );

  test('while Postgres is silent, requests end at their time limit with 503 or 504 and leave no connection open', {
    ...requirement('RES-03'),
    tag: '@slow',
  }, async ({ createLinks, freshDatabase, startOwnTarget, clientsFor, signUp, steadyTraffic, waitForQuiescence }) => {
    const [platform, shop] = [await freshDatabase('platform'), await freshDatabase('shop')];
    const { links, options } = await createLinks({
      platform: platform.urls.owner,
      databases: { shop: shop.urls.reader },
    });
    // These limits are long enough to boot on a busy machine.
    const settings = { 'statement timeout': 300, 'database timeout': 1_500 };
    const target = await startOwnTarget({ ...options, settings });
    const { http, sql } = clientsFor(target);
    const user = await signUp({}, http);
    await sql.ask(customersQuestion.question, { database: 'shop' });
    const traffic = await steadyTraffic((http) => http.request('GET', '/api/v1/auth/me'), {
      on: target,
      title: 'auth.me while Postgres is silent',
      headers: user.headers,
      users: 3,
      pauseMs: 20,
    });
    await traffic.waitForRequests(6);
    const heal = await traffic.fault('Postgres silent', async () => {
      const silent = await links.postgres.add(timeout({ timeout: 0, stream: 'both' }));
      return () => silent.remove();
    });
    await traffic.waitForSample('refusal', ({ status }) => status === 503 || status === 504);
    const { body } = await sql.refusal(customersQuestion);
    expect(body.code).toMatch(/^database_(timeout|unavailable)$/);
    expect(body['dependency']).toBe('postgres:shop');
    // The pool gives up its connections one by one; after that, opening a new connection has a time limit as well.
    const refusedDetail = async () => {
      const began = performance.now();
      const refusal = await sql.refusal(customersQuestion);
      expect(refusal).toBeProblem(503);
      expect(performance.now() - began, 'ms until the question is refused').toBeLessThan(8_000);
      return refusal.body.detail;
    };
    await expect.poll(refusedDetail, { timeout: 30_000 }).toContain('gave no connection in time');
    await heal();
    await traffic.waitForRecovery({ within: 15_000 });
    const { all, during } = await traffic.stop();
    expect(Object.keys(all.errors).join()).toMatch(
      /^50[34] database_(timeout|unavailable)(,50[34] database_(timeout|unavailable))*$/,
    );
    expect(Object.keys(during().outcomes)).not.toContain('hung');
    await waitForQuiescence({
      on: target,
      databases: [platform, shop],
      sessions: { [platform.database]: mostSessions },
      within: 20_000,
    });
  });

  test(
    'while Postgres delays every answer by 150 ms, requests are slower and still answered',
    requirement('RES-03'),
    async ({ links, linkedTarget, clientsFor, signUp, authClientFor }) => {
      const { http } = clientsFor(linkedTarget);
      const { accessToken } = await signUp({}, http);
      const auth = authClientFor(http);
      await auth.me(accessToken);
      await links.postgres.add(latency({ latency: 150 }));
      const began = performance.now();
      expect((await auth.me(accessToken)).status).toBe(200);
      expect(
        performance.now() - began,
        'ms for two queries in a row (session, then account) that are delayed by 150 ms each',
      ).toBeGreaterThan(298);
    },
  );
});

test(
  'when one database refuses connections, questions to it get a fast 503 and the other database stays up',
  requirement('RES-03', needs('sql', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, databases, refuseConnections, waitForRecovery }) => {
    const shop = await freshDatabase('shop');
    const { sql } = clientsFor(
      await startOwnTarget({ databases: { shop: shop.urls.reader, clinic: databases.clinic.urls.reader } }),
    );
    await sql.ask(customersQuestion.question, { database: 'shop' });
    const allow = await refuseConnections(shop);
    const { status, headers, body } = await sql.refusal(customersQuestion);
    expect({ status, headers, body }).toBeProblem(503, /shop/);
    expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
    const { databases: listed } = (await sql.databases()).body;
    expect(listed.map(({ name, status }) => [name, status])).toEqual([
      ['shop', 'down'],
      ['clinic', 'up'],
    ]);
    await allow();
    await waitForRecovery('answers to questions', () => sql.ask(customersQuestion.question, { database: 'shop' }), {
      within: 10_000,
    });
  },
);
