import { exclusive, expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

// Any write of a model invalidates cached lists. On an attached target other tests write too, hence `exclusive`.
test.describe('registry cache', { ...needs('registry', 'registry.caching'), ...exclusive }, () => {
  test(
    'a second read of a model comes from the cache until the model is changed',
    requirement('REG-04'),
    async ({ registry, registerModel, watchMetrics, databases, query }) => {
      const model = await registerModel({ description: 'as registered' });
      const reads = {
        byId: () => registry.read(model.id),
        byName: () => registry.named(model.name, '1.0.0'),
        latest: () => registry.named(model.name, 'latest'),
      };
      const metrics = await watchMetrics();
      for (const read of Object.values(reads)) {
        expect((await read()).headers['x-cache']).toBe('MISS');
        const again = await read();
        expect(again.headers['x-cache']).toBe('HIT');
        expect(again.body).toEqual(model);
      }
      for (const name of ['cache_hits_total', 'cache_misses_total'])
        expect(await metrics.increase(name, { cache: 'registry' }), name).toBe(3);
      // Changed behind the service's back, so that only the cache still holds the original.
      await query(databases.platform.urls.owner, `UPDATE registered_models SET description = 'forged' WHERE id = $1`, [
        model.id,
      ]);
      for (const [what, read] of Object.entries(reads)) {
        const { body, headers } = await read();
        expect(headers['x-cache'], what).toBe('HIT');
        expect(body.description, what).toBe('as registered');
      }
      await registry.change(model.id, { tags: ['written'] });
      for (const [what, read] of Object.entries(reads)) {
        const { body, headers } = await read();
        expect(headers['x-cache'], what).toBe('MISS');
        expect(body, what).toMatchObject({ description: 'forged', tags: ['written'] });
      }
    },
  );

  test(
    'lists of models come from the cache until any model is written',
    requirement('REG-04'),
    async ({ registry, registerModel }) => {
      const tag = uniqueName('tag');
      const list = async () => {
        const { headers, body } = await registry.list({ tag });
        return { cache: headers['x-cache'], ids: body.items.map(({ id }) => id) };
      };
      const first = await registerModel({ tags: [tag] });
      expect(await list()).toEqual({ cache: 'MISS', ids: [first.id] });
      expect(await list()).toEqual({ cache: 'HIT', ids: [first.id] });
      const second = await registerModel({ tags: [tag] });
      expect(await list()).toEqual({ cache: 'MISS', ids: [first.id, second.id] });
      await registry.remove(first.id);
      expect(await list()).toEqual({ cache: 'MISS', ids: [second.id] });
      await registry.change(second.id, { tags: [] });
      expect(await list()).toEqual({ cache: 'MISS', ids: [] });
    },
  );

  test(
    'a deleted model is gone from the registry cache too',
    requirement('REG-04'),
    async ({ registry, registerModel }) => {
      const { id, name } = await registerModel();
      await registry.read(id);
      await registry.named(name, 'latest');
      await registry.remove(id);
      expect(await registry.refusal('read', { id })).toBeProblem(404);
      expect(await registry.refusal('named', { name, version: 'latest' })).toBeProblem(404);
    },
  );

  test(
    'after a write to the registry is answered, no concurrent reader gets an older state',
    requirement('REG-04'),
    async ({ registry, registerModel }) => {
      const { id, name } = await registerModel();
      let written = 0;
      const staleReads: string[] = [];
      const done = new AbortController();
      const reader = async () => {
        while (!done.signal.aborted) {
          const atLeast = written;
          const { body } = await registry.named(name, 'latest');
          const read = Number(body.parameters['write'] ?? 0);
          if (read < atLeast) staleReads.push(`read write ${read} after write ${atLeast} was answered`);
        }
      };
      const readers = [reader(), reader(), reader()];
      for (let write = 1; write <= 15; write++) {
        await registry.change(id, { parameters: { write } });
        written = write;
        expect((await registry.read(id)).body.parameters).toEqual({ write });
      }
      done.abort();
      await Promise.all(readers);
      expect(staleReads).toEqual([]);
    },
  );

  test(
    'a conditional read of an unchanged model gets an empty 304',
    requirement('REG-04'),
    async ({ registry, registerModel }) => {
      const { id } = await registerModel();
      const etag = (await registry.read(id)).headers['etag'] ?? '';
      const same = await registry.readRaw(id, { headers: { 'if-none-match': etag } });
      expect({ status: same.status, text: same.text }).toEqual({ status: 304, text: '' });
      await registry.change(id, { description: 'new' });
      const newer = await registry.readRaw(id, { headers: { 'if-none-match': etag } });
      expect(newer.status).toBe(200);
      expect(newer.headers['etag']).not.toBe(etag);
    },
  );
});
