import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

test.describe('model registry', needs('registry'), () => {
  test('an admin creates, reads, changes, replaces and deletes a model, and the database follows each step', {
    ...requirement('REG-01', 'SEC-05'),
    tag: '@quick',
  }, async ({ registry, newModel, admin, databases, query, watchMetrics }) => {
    const url = databases.platform.urls.owner;
    const rows = (id: string) =>
      query(url, 'SELECT name, version, served_id, status, tags FROM registered_models WHERE id = $1', [id]);
    const metrics = await watchMetrics();
    const model = newModel({ description: 'what it is for', tags: ['chat', 'small'], parameters: { max_tokens: 8 } });

    const created = await registry.create(model);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...model, status: 'active' });
    const { id } = created.body;
    expect(created.headers['location']).toMatch(new RegExp(`/${id}$`));
    const { name, version, served_id } = model;
    expect(await rows(id)).toEqual([{ name, version, served_id, status: 'active', tags: ['chat', 'small'] }]);
    expect((await registry.read(id)).body).toEqual(created.body);

    const changed = (await registry.change(id, { status: 'deprecated', parameters: { seed: 3 } })).body;
    expect(changed).toMatchObject({ ...model, status: 'deprecated', parameters: { seed: 3 } });
    expect(changed.parameters, 'parameters are replaced as a whole, so that one can be removed').toEqual({ seed: 3 });
    const replaced = (await registry.replace(id, { name, version: '2.0.0', served_id })).body;
    expect(replaced).toMatchObject({ name, version: '2.0.0', status: 'active', tags: [], description: null });
    expect(await rows(id)).toEqual([{ name, version: '2.0.0', served_id, status: 'active', tags: [] }]);

    await registry.remove(id);
    expect(await rows(id)).toEqual([]);
    expect((await registry.refusal('read', { id })).status).toBe(404);
    expect((await registry.refusal('remove', { id })).status).toBe(404);

    const audited = await query(url, 'SELECT action, actor_id FROM audit_log WHERE subject = $1 ORDER BY at', [id]);
    expect(audited).toEqual(
      ['model.create', 'model.update', 'model.update', 'model.delete'].map((action) => ({
        action,
        actor_id: admin.id,
      })),
    );
    for (const [method, status, times] of [
      ['POST', '201', 1],
      ['PATCH', '200', 1],
      ['PUT', '200', 1],
      ['DELETE', '204', 1],
      ['DELETE', '404', 1],
    ] as const)
      await expect
        .poll(() =>
          metrics.increase('http_request_duration_seconds_count', {
            method,
            status,
            route: method === 'POST' ? '/api/v1/models' : '/api/v1/models/:id',
          }),
        )
        .toBe(times);
  });

  test(
    'a registered model is found by id, by name and version, and as the latest version that is not disabled',
    requirement('REG-02'),
    async ({ registry, registerModel }) => {
      const name = uniqueName('model');
      const versions = ['1.9.0', '1.10.0-rc.2', '1.10.0', '1.10.0-rc.10', '1.2.0'];
      const registered: Awaited<ReturnType<typeof registerModel>>[] = [];
      for (const version of versions) registered.push(await registerModel({ name, version }));
      for (const model of registered) {
        expect((await registry.read(model.id)).body).toEqual(model);
        expect((await registry.named(name, model.version)).body).toEqual(model);
      }
      const latest = async () => (await registry.named(name, 'latest')).body.version;
      const disable = async (version: string) =>
        registry.change(registered[versions.indexOf(version)]?.id ?? '', { status: 'disabled' });
      expect(await latest()).toBe('1.10.0');
      await disable('1.10.0');
      expect(await latest()).toBe('1.10.0-rc.10');
      await disable('1.10.0-rc.10');
      expect(await latest()).toBe('1.10.0-rc.2');
      expect((await registry.refusal('named', { name, version: '3.0.0' })).status).toBe(404);
      expect((await registry.refusal('named', { name: uniqueName(), version: 'latest' })).status).toBe(404);
    },
  );

  test(
    'lists of registered models are filtered by tag, name and status',
    requirement('REG-03'),
    async ({ registry, registerModel }) => {
      const [tag, name] = [uniqueName('tag'), uniqueName('model')];
      const a = await registerModel({ name, version: '1.0.0', tags: [tag, 'extra'] });
      const b = await registerModel({ name, version: '2.0.0', tags: [tag], status: 'deprecated' });
      const c = await registerModel({ tags: [tag], status: 'disabled' });
      const listed = async (filter: Record<string, string>) => {
        const { body } = await registry.list({ ...filter, limit: 100 });
        expect(body.total).toBe(body.items.length);
        return body.items.map(({ id }) => id);
      };
      expect(await listed({ tag })).toEqual([a.id, b.id, c.id]);
      expect(await listed({ name })).toEqual([a.id, b.id]);
      expect(await listed({ tag, status: 'active' })).toEqual([a.id]);
      expect(await listed({ tag, status: 'disabled' })).toEqual([c.id]);
      expect(await listed({ name, tag, status: 'deprecated' })).toEqual([b.id]);
      expect(await listed({ tag: uniqueName('tag') })).toEqual([]);
      const all = await registry.list({ limit: 1 });
      expect(all.body.total).toBeGreaterThanOrEqual(3);
    },
  );

  test(
    'pages of the registry hold every model once, in the order of creation, while models are added',
    requirement('REG-03'),
    async ({ registry, registerModel }) => {
      const tag = uniqueName('tag');
      const created: string[] = [];
      for (let index = 0; index < 5; index++) created.push((await registerModel({ tags: [tag] })).id);
      const seen: string[] = [];
      for (let offset = 0; offset < 6; offset += 2) {
        const { body } = await registry.list({ tag, limit: 2, offset });
        expect(body).toMatchObject({ limit: 2, offset, total: created.length });
        seen.push(...body.items.map(({ id }) => id));
        if (offset === 0) created.push((await registerModel({ tags: [tag] })).id);
      }
      expect(seen).toEqual(created);
      const beyond = (await registry.list({ tag, limit: 2, offset: 100 })).body;
      expect(beyond).toMatchObject({ items: [], total: 6 });
    },
  );

  test(
    'when three changes use the same ETag at once, one succeeds, and a stale ETag is refused with 412',
    requirement('REG-01'),
    async ({ registry, registerModel, newModel }) => {
      const { id } = await registerModel();
      const etag = (await registry.read(id)).headers['etag'] ?? '';
      expect(etag).toMatch(/^"[^"]+"$/);
      const change = (description: string) =>
        registry.change(id, { description }, { headers: { 'if-match': etag } }).then(
          () => description,
          () => undefined,
        );
      const winners = (await Promise.all([change('mine'), change('yours'), change('ours')])).filter(Boolean);
      expect(winners).toHaveLength(1);
      expect((await registry.read(id)).body.description).toBe(winners[0]);
      const stale = { headers: { 'if-match': etag } };
      expect(await registry.refusal('change', { id }, { ...stale, json: { description: 'late' } })).toBeProblem(412);
      expect(await registry.refusal('replace', { id }, { ...stale, json: newModel() })).toBeProblem(412);
      expect(await registry.refusal('remove', { id }, stale)).toBeProblem(412);
      await registry.remove(id, { headers: { 'if-match': (await registry.read(id)).headers['etag'] ?? '' } });
    },
  );
});
