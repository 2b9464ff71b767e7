import { expect, lies, needs, requirement, reset_peer, faultTest as test, uniqueName } from '../../fixtures/index.ts';
import { cutAtEachQuery } from './transactions.cut.ts';

const fixedSql = 'SELECT name FROM customers ORDER BY id LIMIT 3';

test(
  'a question whose connection is cut at any query is retried on another connection and answered',
  requirement('RES-04', needs('sql', 'link triggers', 'started target')),
  async ({ linkTo, freshDatabase, startUpstream, startOwnTarget, clientsFor, sessionsOf, waitForQuiescence }) => {
    const shop = await freshDatabase('shop');
    const link = await linkTo('shop', shop.urls.reader);
    // The model always answers with the same quick query, so every repetition sends the same queries.
    const model = await startUpstream();
    model.lie(lies.says(fixedSql));
    const target = await startOwnTarget({ databases: { shop: link.url }, model: { url: model.url } });
    const { sql } = clientsFor(target);
    const ask = async () => (await sql.ask('The first three customers?', { database: 'shop' })).body.rows;
    const rows = await ask();
    expect(rows).toHaveLength(3);
    const sessions = await sessionsOf([shop]);
    const cuts = await cutAtEachQuery(link, async () => expect(await ask()).toEqual(rows));
    expect(
      cuts,
      'cuts: at least at BEGIN and at the query, each on the way to Postgres and back',
    ).toBeGreaterThanOrEqual(4);
    await waitForQuiescence({ on: target, databases: [shop], stores: false, sessions, within: 10_000 });
  },
);

test(
  'a question whose every connection is cut gets a 503 after one retry',
  requirement('RES-04', needs('sql', 'link triggers', 'started target')),
  async ({ linkTo, freshDatabase, startUpstream, startOwnTarget, clientsFor, waitForRecovery }) => {
    const shop = await freshDatabase('shop');
    const link = await linkTo('shop', shop.urls.reader);
    const model = await startUpstream();
    model.lie(lies.says(fixedSql));
    const { sql } = clientsFor(await startOwnTarget({ databases: { shop: link.url }, model: { url: model.url } }));
    const ask = () => sql.ask('The first three customers?', { database: 'shop' });
    await ask();
    const cut = await link.add(reset_peer({ at: { query: 1, per: 'connection' } }));
    const { status, headers, body } = await sql.refusal({ question: 'The first three customers?', database: 'shop' });
    expect({ status, headers, body }).toBeProblem(503, /shop lost the connection/);
    expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
    // The connection that the service had, and one retry.
    expect((await cut.hits()).connections).toBe(2);
    await cut.remove();
    await waitForRecovery('answers to questions', ask, { within: 10_000 });
  },
);

test(
  'while connections are cut again and again, acknowledged writes are kept and no write is stored twice',
  requirement('RES-04', needs('registry', 'links', 'state.models', 'started target')),
  async ({
    links,
    linkedTarget,
    clientsFor,
    signInAdmin,
    steadyTraffic,
    acknowledgedWrites,
    modelId,
    waitForQuiescence,
  }) => {
    const { http } = clientsFor(linkedTarget);
    const { headers } = await signInAdmin(http);
    const { platform, shop, clinic } = linkedTarget.databases;
    const ledger = acknowledgedWrites('models', platform);
    const name = uniqueName('cut-writes');
    const traffic = await steadyTraffic(
      (http, n) => {
        const version = `1.0.${n}`;
        const json = { name, version, served_id: modelId };
        return ledger.write(`${name}@${version}`, () => http.request('POST', '/api/v1/models', { json }));
      },
      { on: linkedTarget, title: 'registrations of models while connections are cut', headers, users: 4, pauseMs: 5 },
    );
    await traffic.waitForRequests(8);
    const heal = await traffic.fault('each connection is cut at its seventh query', async () => {
      const cut = await links.postgres.add(reset_peer({ at: { query: 7, per: 'connection' } }));
      return () => cut.remove();
    });
    await traffic.waitForSample('refusal', ({ kind }) => kind === 'refused', 20_000);
    await traffic.waitForRequests(20);
    await heal();
    await traffic.waitForRecovery({ within: 15_000 });
    const { all } = await traffic.stop();
    expect(Object.keys(all.errors)).toEqual(['503 database_unavailable']);
    expect(ledger.tally().acknowledged).toBeGreaterThan(0);
    await waitForQuiescence({ on: linkedTarget, databases: [platform, shop, clinic], within: 20_000 });
    await ledger.verify();
  },
);
