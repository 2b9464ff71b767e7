import { expect, needs, requirement, faultTest as test, timeout } from '../../fixtures/index.ts';

const cacheIs = (status: string) => ({ dependencies: { cache: { status, needed: false } } });

test.describe('cache server failures', needs('registry', 'links', 'cache server', 'started target'), () => {
  test(
    'while the cache is down, reads come from the database and readiness is degraded; then it is used again',
    requirement('RES-01', 'RES-02'),
    async ({
      links,
      linkedTarget,
      clientsFor,
      signInAdmin,
      platformClientsFor,
      newModel,
      steadyTraffic,
      waitForRecovery,
      watchMetrics,
      waitForQuiescence,
    }) => {
      const { http, operations } = clientsFor(linkedTarget);
      const admin = await signInAdmin(http);
      const { registry } = platformClientsFor(admin, http);
      const { body: model } = await registry.create(newModel());
      const cacheHeader = async () => (await registry.read(model.id)).headers['x-cache'];
      await expect.poll(cacheHeader).toBe('HIT');

      const metrics = await watchMetrics(operations);
      const traffic = await steadyTraffic((http) => http.request('GET', `/api/v1/models/${model.id}`), {
        on: linkedTarget,
        title: 'reads of a registered model while the cache is down',
        headers: admin.headers,
        users: 2,
        pauseMs: 40,
      });
      await traffic.waitForRequests(10);
      const heal = await traffic.fault('cache down', async () => {
        const down = await links.cache.down();
        return () => down.remove();
      });
      await traffic.waitForRequests(10);
      const ready = await operations.ready();
      expect(ready.status, 'status of /ready: the cache is not needed to answer').toBe(200);
      expect(ready.body).toMatchObject({ status: 'degraded', ...cacheIs('down') });
      expect(await cacheHeader()).toBe('MISS');
      expect(await metrics.increase('cache_errors_total')).toBeGreaterThan(0);
      await heal();

      await waitForRecovery('use of the cache', async () => (await cacheHeader()) === 'HIT', { within: 15_000 });
      await waitForRecovery('readiness', async () => (await operations.ready()).body.status === 'up', {
        within: 15_000,
      });
      const { all, before, during } = await traffic.stop();
      expect(all.outcomes, 'outcomes of all requests: none should fail').toEqual({ ok: all.samples.length });
      expect(before.samples.length).toBeGreaterThan(0);
      expect(during().samples.length).toBeGreaterThanOrEqual(10);
      const { platform, shop, clinic } = linkedTarget.databases;
      await waitForQuiescence({ on: linkedTarget, databases: [platform, shop, clinic] });
    },
  );

  test(
    'while the cache is silent, questions are answered without it',
    requirement('RES-01'),
    async ({ links, linkedTarget, clientsFor, signUp, documentClientsFor, newDocument }) => {
      const { http, operations } = clientsFor(linkedTarget);
      const { ask, uploadAndWait } = documentClientsFor(await signUp({}, http), http);
      const file = await newDocument('text');
      const { document } = await uploadAndWait(file);
      const silent = await links.cache.add(timeout({ timeout: 0, stream: 'both' }));
      for (const _ of ['first', 'second']) {
        const { body, headers } = await ask.question(file.question);
        expect(body.answer).toContain(file.answer);
        expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
        expect([body.cached, headers['x-cache']]).toEqual([false, 'MISS']);
      }
      expect((await operations.ready()).body).toMatchObject({ status: 'degraded', ...cacheIs('down') });
      expect((await silent.hits()).connections).toBeGreaterThan(0);
      await silent.remove();
      await expect.poll(async () => (await ask.question(file.question)).body.cached, { timeout: 15_000 }).toBe(true);
    },
  );

  test(
    'after the cache missed a write while it was down, it never serves its old entry again',
    requirement('RES-02'),
    async ({ links, linkedTarget, clientsFor, signInAdmin, platformClientsFor, newModel, waitForRecovery }) => {
      const { http } = clientsFor(linkedTarget);
      const { registry } = platformClientsFor(await signInAdmin(http), http);
      const { body: model } = await registry.create(newModel({ description: 'before' }));
      const read = async () => {
        const { headers, body } = await registry.read(model.id);
        return { cache: headers['x-cache'], description: body.description };
      };
      await expect.poll(read).toEqual({ cache: 'HIT', description: 'before' });

      const down = await links.cache.down();
      await registry.change(model.id, { description: 'after' });
      expect(await read()).toEqual({ cache: 'MISS', description: 'after' });
      await down.remove();
      const descriptions = new Set<unknown>();
      await waitForRecovery(
        'use of the cache',
        async () => {
          const { cache, description } = await read();
          descriptions.add(description);
          return cache === 'HIT';
        },
        { within: 15_000 },
      );
      expect([...descriptions], 'descriptions read while the cache came back').toEqual(['after']);
    },
  );

  test(
    'a service that restarts does not trust a cache that missed its last write',
    requirement('RES-02'),
    async ({ createLinks, freshDatabase, startOwnTarget, clientsFor, signInAdmin, platformClientsFor, newModel }) => {
      const { links, options } = await createLinks({ platform: (await freshDatabase('platform')).urls.owner });
      const target = await startOwnTarget(options);
      const { http } = clientsFor(target);
      const { registry } = platformClientsFor(await signInAdmin(http), http);
      const { body: model } = await registry.create(newModel({ description: 'before' }));
      await expect.poll(async () => (await registry.read(model.id)).headers['x-cache']).toBe('HIT');

      const down = await links.cache.down();
      await registry.change(model.id, { description: 'after' });
      await target.kill();
      await down.remove();
      await target.restart();
      expect((await registry.read(model.id)).body.description).toBe('after');
      await expect.poll(async () => (await registry.read(model.id)).headers['x-cache']).toBe('HIT');
    },
  );

  test(
    'as soon as the cache is back, other instances see a write that it missed',
    requirement('RES-02'),
    async ({
      createLinks,
      freshDatabase,
      startOwnTarget,
      clientsFor,
      signInAdmin,
      platformClientsFor,
      newModel,
      waitForRecovery,
    }) => {
      const platform = (await freshDatabase('platform')).urls.owner;
      const { links, options } = await createLinks({ platform });
      const [cutOff, connected] = [await startOwnTarget(options), await startOwnTarget({ platform })];
      const { http } = clientsFor(cutOff);
      const admin = await signInAdmin(http);
      const writer = platformClientsFor(admin, http).registry;
      const reader = platformClientsFor(admin, clientsFor(connected).http).registry;
      const { body: model } = await writer.create(newModel({ description: 'before' }));
      await expect.poll(async () => (await reader.read(model.id)).headers['x-cache']).toBe('HIT');

      const down = await links.cache.down();
      await writer.change(model.id, { description: 'after' });
      await down.remove();
      // The instance that wrote gets no further request, so it has to invalidate the cache by itself.
      const updated = async () => (await reader.read(model.id)).body.description === 'after';
      await waitForRecovery('the entry that the other instance reads', updated, { within: 15_000 });
    },
  );
});

test(
  'without a cache server, documents are indexed, questions answered, and readiness is degraded',
  requirement('RES-01', needs('documents', 'ask', 'started target')),
  async ({ freshDatabase, startOwnTarget, clientsFor, signUp, documentClientsFor, newDocument }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    // Nothing listens on this port.
    const { http, operations } = clientsFor(
      await startOwnTarget({ platform, settings: { 'cache address': 'redis://127.0.0.1:1' } }),
    );
    const ready = await operations.ready();
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({ status: 'degraded', ...cacheIs('down') });
    const { ask, uploadAndWait } = documentClientsFor(await signUp({}, http), http);
    const file = await newDocument('text');
    await uploadAndWait(file);
    for (const _ of ['first', 'second']) {
      const { body } = await ask.question(file.question);
      expect(body.answer).toContain(file.answer);
      expect(body.cached).toBe(false);
    }
  },
);
