import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const ttlSeconds = 3;
const env = { REGISTRY_CACHE_TTL_SECONDS: String(ttlSeconds) };

test(
  'a write through one service is seen at once through another that shares its cache',
  requirement('REG-04', 'RES-02', needs('registry', 'registry.caching', 'started target')),
  async ({ startOwnTarget, freshDatabase, clientsOf, signInAdmin, platformAs, newModel }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const [one, other] = await Promise.all([startOwnTarget({ platform }), startOwnTarget({ platform })]);
    const admin = await signInAdmin(clientsOf(one).http);
    const registries = [one, other].map((target) => platformAs(admin, clientsOf(target).http).registry);
    const [writer, reader] = registries as [(typeof registries)[0], (typeof registries)[0]];
    const { body: model } = await writer.create(newModel({ description: 'before' }));
    const reads = {
      'by id': async () => (await reader.read(model.id)).body.description,
      'by name': async () => (await reader.named(model.name, 'latest')).body.description,
      'in a list': async () => (await reader.list({ name: model.name })).body.items[0]?.description,
    };
    for (const [how, read] of Object.entries(reads)) for (const _ of 'ab') expect(await read(), how).toBe('before');
    expect((await reader.read(model.id)).headers['x-cache'], 'it is in the cache').toBe('HIT');

    for (const [at, [from, to]] of [
      ['after', [writer, reader]],
      ['after that', [reader, writer]],
    ] as const) {
      await from.change(model.id, { description: at });
      for (const registry of [to, from]) expect((await registry.read(model.id)).body.description).toBe(at);
      for (const [how, read] of Object.entries(reads)) expect(await read(), how).toBe(at);
    }
    await writer.remove(model.id);
    expect((await reader.refusal('read', { id: model.id })).status).toBe(404);
  },
);

test('a write that the cache could not be told of: who wrote it knows, and another is wrong for no longer than documented', {
  ...requirement('RES-02', needs('registry', 'links', 'cache server', 'started target')),
  tag: '@slow',
}, async ({ behindLinks, freshDatabase, startOwnTarget, clientsOf, signInAdmin, platformAs, newModel, recovers }) => {
  const platform = (await freshDatabase('platform')).urls.owner;
  const { links, options } = await behindLinks({ platform });
  const [cut, whole] = await Promise.all([startOwnTarget({ ...options, env }), startOwnTarget({ platform, env })]);
  const admin = await signInAdmin(clientsOf(cut).http);
  const writer = platformAs(admin, clientsOf(cut).http).registry;
  const reader = platformAs(admin, clientsOf(whole).http).registry;
  const { body: model } = await writer.create(newModel({ description: 'before' }));
  const seen = async () => (await reader.read(model.id)).body.description;
  await writer.read(model.id);
  await seen();

  const down = await links.cache.down();
  await writer.change(model.id, { description: 'after' });
  const written = performance.now();
  expect((await writer.read(model.id)).body.description, 'through who wrote it').toBe('after');
  // The link stays down: nobody tells the cache, and what it holds ends by its own time.
  const ms = await recovers('the other service', async () => (await seen()) === 'after', {
    since: written,
    within: ttlSeconds * 1_000 + 2_000,
  });
  expect(ms).toBeLessThan(ttlSeconds * 1_000 + 2_000);
  expect((await writer.read(model.id)).body.description).toBe('after');
  expect((await down.hits()).connections).toBeGreaterThan(0);
});

test(
  'an answer from a document that was deleted through another service is not given again, cache or no cache',
  requirement('ASK-06', 'DOC-07', 'RES-01', needs('documents', 'ask', 'links', 'cache server', 'started target')),
  async ({ behindLinks, freshDatabase, startOwnTarget, clientsOf, signUp, knowledgeOf, newDocument }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const { links, options } = await behindLinks({ platform });
    const [cut, whole] = await Promise.all([startOwnTarget(options), startOwnTarget({ platform })]);
    const user = await signUp({}, clientsOf(cut).http);
    const [here, there] = [cut, whole].map((target) => knowledgeOf(user, clientsOf(target).http));
    if (!here || !there) throw new Error('Two services were started.');
    const file = await newDocument('text');
    const { document } = await here.uploadAndWait(file);
    for (const { ask } of [here, there]) expect((await ask.question(file.question)).body.answer).toContain(file.answer);
    expect((await there.ask.question(file.question)).body.cached).toBe(true);

    await links.cache.down();
    await here.documents.remove(document.id);
    for (const { ask } of [here, there]) {
      const { body } = await ask.question(file.question);
      expect([body.cached, body.citations]).toEqual([false, []]);
      expect(body.answer).not.toContain(file.answer);
    }
  },
);
