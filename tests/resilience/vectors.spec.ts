import { expect, needs, requirement, faultTest as test, timeout } from '../../fixtures/index.ts';

const details = needs('documents', 'ask', 'links', 'started target');
const vectorsAre = (status: string) => ({ dependencies: { vectors: { status, needed: false } } });

test(
  'while the vector store is down, documents are found by their words; afterwards it gets the missed vectors',
  requirement('RES-05', details),
  async ({
    links,
    linkedTarget,
    clientsFor,
    signUp,
    documentClientsFor,
    newDocument,
    steadyTraffic,
    waitForRecovery,
    query,
    waitForQuiescence,
  }) => {
    const { http, operations } = clientsFor(linkedTarget);
    const user = await signUp({}, http);
    const { ask, documents, uploadAndWait } = documentClientsFor(user, http);
    const { platform, shop, clinic } = linkedTarget.databases;
    const embedded = async (id: string) =>
      (await query(platform.urls.owner, 'SELECT embedded FROM documents WHERE id = $1', [id]))[0]?.['embedded'];
    const earlier = await uploadAndWait(await newDocument('text'));
    await expect.poll(() => embedded(earlier.document.id), { timeout: 30_000 }).toBe(true);

    const traffic = await steadyTraffic((http) => http.request('GET', '/api/v1/documents'), {
      on: linkedTarget,
      title: 'lists of documents while the vector store is down',
      headers: user.headers,
      users: 1,
      pauseMs: 40,
    });
    const heal = await traffic.fault('vectors down', async () => {
      const down = await links.vectors.down();
      return () => down.remove();
    });
    const ready = await operations.ready();
    expect(ready.status, 'status of /ready: the vector store is not needed to answer').toBe(200);
    expect(ready.body).toMatchObject({ status: 'degraded', ...vectorsAre('down') });
    const file = await newDocument('text');
    const { document, job } = await uploadAndWait(file);
    expect(job.state).toBe('done');
    expect(await embedded(document.id)).toBe(false);
    const { body } = await ask.question(file.question);
    expect(body.answer).toContain(file.answer);
    expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
    // The removal of this document's vectors has to wait for the store, too.
    await documents.remove(earlier.document.id);
    await heal();

    await waitForRecovery('the vectors of the document', async () => (await embedded(document.id)) === true, {
      within: 30_000,
    });
    await waitForRecovery('readiness', async () => (await operations.ready()).body.status === 'up', { within: 15_000 });
    expect((await ask.question(file.question)).body.answer).toContain(file.answer);
    const { all } = await traffic.stop();
    expect(all.outcomes).toEqual({ ok: all.samples.length });
    await waitForQuiescence({ on: linkedTarget, databases: [platform, shop, clinic], within: 30_000 });
  },
);

test(
  'a question waits for a silent vector store only until its timeout, and is answered',
  requirement('RES-05', details),
  async ({ createLinks, freshDatabase, startOwnTarget, clientsFor, signUp, documentClientsFor, newDocument }) => {
    const vectorTimeoutMs = 400;
    const { links, options } = await createLinks({ platform: (await freshDatabase('platform')).urls.owner });
    const target = await startOwnTarget({ ...options, settings: { 'vector timeout': vectorTimeoutMs } });
    const { http, operations } = clientsFor(target);
    const { ask, uploadAndWait } = documentClientsFor(await signUp({}, http), http);
    const [first, second] = [await newDocument('text'), await newDocument('text')];
    for (const file of [first, second]) await uploadAndWait(file);
    const retrieval = ({ timings }: { timings: Record<string, unknown> }) => Number(timings['retrieve_ms']);
    const before = retrieval((await ask.question(first.question)).body);

    const silent = await links.vectors.add(timeout({ timeout: 0, stream: 'both' }));
    const { body } = await ask.question(second.question);
    expect(body.answer).toContain(second.answer);
    // The question waits once for the open connection, and at most once more for a new one.
    expect(retrieval(body)).toBeGreaterThanOrEqual(vectorTimeoutMs);
    expect(retrieval(body)).toBeLessThan(before + 2 * vectorTimeoutMs + 4_000);
    expect((await silent.hits()).connections).toBeGreaterThan(0);
    expect((await operations.ready()).body).toMatchObject({ status: 'degraded', ...vectorsAre('down') });
    await silent.remove();
    await expect.poll(async () => (await operations.ready()).body.status).toBe('up');
  },
);

test(
  'without a vector store, documents are indexed and questions answered',
  requirement('RES-05', needs('documents', 'ask', 'started target')),
  async ({ freshDatabase, startOwnTarget, clientsFor, signUp, documentClientsFor, newDocument }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    // Nothing listens on this port.
    const settings = { 'vector store address': 'postgres://nobody@127.0.0.1:1/x' };
    const { http, operations } = clientsFor(await startOwnTarget({ platform, settings }));
    const ready = await operations.ready();
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({ status: 'degraded', ...vectorsAre('down') });
    const { ask, uploadAndWait } = documentClientsFor(await signUp({}, http), http);
    const file = await newDocument('text');
    const { document } = await uploadAndWait(file);
    const { body } = await ask.question(file.question);
    expect(body.answer).toContain(file.answer);
    expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
  },
);
