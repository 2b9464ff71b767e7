import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const ttlSeconds = 3;
const settings = { 'registry cache lifetime': ttlSeconds * 1_000 };

test(
  'a write through one service is seen at once through another that shares its cache',
  requirement('REG-04', 'RES-02', needs('registry', 'registry.caching', 'started target')),
  async ({ startOwnTarget, freshDatabase, clientsFor, signInAdmin, platformClientsFor, newModel }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const [first, second] = await Promise.all([startOwnTarget({ platform }), startOwnTarget({ platform })]);
    const admin = await signInAdmin(clientsFor(first).http);
    const registries = [first, second].map((target) => platformClientsFor(admin, clientsFor(target).http).registry);
    const [writer, reader] = registries as [(typeof registries)[0], (typeof registries)[0]];
    const { body: model } = await writer.create(newModel({ description: 'before' }));
    const reads = {
      'by id': async () => (await reader.read(model.id)).body.description,
      'by name': async () => (await reader.named(model.name, 'latest')).body.description,
      'in a list': async () => (await reader.list({ name: model.name })).body.items[0]?.description,
    };
    for (const [how, read] of Object.entries(reads)) for (const _ of 'ab') expect(await read(), how).toBe('before');
    expect((await reader.read(model.id)).headers['x-cache'], 'X-Cache: the model should be in the shared cache').toBe(
      'HIT',
    );

    for (const [description, [from, to]] of [
      ['after', [writer, reader]],
      ['after that', [reader, writer]],
    ] as const) {
      await from.change(model.id, { description });
      for (const registry of [to, from]) expect((await registry.read(model.id)).body.description).toBe(description);
      for (const [how, read] of Object.entries(reads)) expect(await read(), how).toBe(description);
    }
    await writer.remove(model.id);
    expect((await reader.refusal('read', { id: model.id })).status).toBe(404);
  },
);

test('a write that the cache missed is seen by its own service at once, and by others within the cache TTL', {
  ...requirement('RES-02', needs('registry', 'links', 'cache server', 'started target')),
  tag: '@slow',
}, async ({
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
  const [cutOff, connected] = await Promise.all([
    startOwnTarget({ ...options, settings }),
    startOwnTarget({ platform, settings }),
  ]);
  const admin = await signInAdmin(clientsFor(cutOff).http);
  const writer = platformClientsFor(admin, clientsFor(cutOff).http).registry;
  const reader = platformClientsFor(admin, clientsFor(connected).http).registry;
  const { body: model } = await writer.create(newModel({ description: 'before' }));
  const seenByOther = async () => (await reader.read(model.id)).body.description;
  await writer.read(model.id);
  await seenByOther();

  const down = await links.cache.down();
  await writer.change(model.id, { description: 'after' });
  const written = performance.now();
  expect((await writer.read(model.id)).body.description, 'description read through the service that wrote it').toBe(
    'after',
  );
  // The link stays down, so the old entry only ends when its TTL is over.
  const ms = await waitForRecovery(
    'the entry that the other service reads',
    async () => (await seenByOther()) === 'after',
    {
      since: written,
      within: ttlSeconds * 1_000 + 2_000,
    },
  );
  expect(ms).toBeLessThan(ttlSeconds * 1_000 + 2_000);
  expect((await writer.read(model.id)).body.description).toBe('after');
  expect((await down.hits()).connections).toBeGreaterThan(0);
});

test(
  'an answer from a document deleted through another service is not given again, with or without the cache',
  requirement('ASK-06', 'DOC-07', 'RES-01', needs('documents', 'ask', 'links', 'cache server', 'started target')),
  async ({ createLinks, freshDatabase, startOwnTarget, clientsFor, signUp, documentClientsFor, newDocument }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const { links, options } = await createLinks({ platform });
    const [cutOff, connected] = await Promise.all([startOwnTarget(options), startOwnTarget({ platform })]);
    const user = await signUp({}, clientsFor(cutOff).http);
    const [first, second] = [cutOff, connected].map((target) => documentClientsFor(user, clientsFor(target).http));
    if (!first || !second) throw new Error('Expected clients of two services, but at least one is missing.');
    const file = await newDocument('text');
    const { document } = await first.uploadAndWait(file);
    for (const { ask } of [first, second])
      expect((await ask.question(file.question)).body.answer).toContain(file.answer);
    expect((await second.ask.question(file.question)).body.cached).toBe(true);

    await links.cache.down();
    await first.documents.remove(document.id);
    for (const { ask } of [first, second]) {
      const { body } = await ask.question(file.question);
      expect([body.cached, body.citations]).toEqual([false, []]);
      expect(body.answer).not.toContain(file.answer);
    }
  },
);
