import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

/** What is wrong, the fields that make it so, and the field that the error must name. */
const invalid: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['no name', { name: undefined }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a name that contains a colon', { name: 'a:b' }, 'name'],
  ['a name that contains a slash', { name: 'a/b' }, 'name'],
  ['a name of 101 characters', { name: 'n'.repeat(101) }, 'name'],
  ['a name that is a number', { name: 7 }, 'name'],
  ['no version', { version: undefined }, 'version'],
  ['a version of two parts', { version: '1.0' }, 'version'],
  ['a version that has a leading zero', { version: '01.0.0' }, 'version'],
  ['the version "latest"', { version: 'latest' }, 'version'],
  ['no served_id', { served_id: undefined }, 'served_id'],
  ['a served_id that the model server does not serve', { served_id: 'nobody-serves-this' }, 'served_id'],
  ['a served_id that contains a NUL', { served_id: 'a\0b' }, 'served_id'],
  ['an unknown status', { status: 'retired' }, 'status'],
  ['a tag that contains a blank', { tags: ['fine', 'not fine'] }, 'tags.1'],
  ['a duplicate tag', { tags: ['one', 'one'] }, 'tags'],
  ['tags that are not a list', { tags: 'chat' }, 'tags'],
  ['a temperature of 3', { parameters: { temperature: 3 } }, 'parameters.temperature'],
  ['an invalid parameter name', { parameters: { 'Not Good': 1 } }, 'parameters'],
  ['a nested parameter', { parameters: { stop: { word: 'x' } } }, 'parameters.stop'],
  ['an unknown field', { verison: '1.0.0' }, 'verison'],
];

test.describe('registry validation', needs('registry'), () => {
  for (const [what, fields, field] of invalid) {
    test(
      `registering a model with ${what} is refused with 422, naming "${field}"`,
      requirement('REG-05'),
      async ({ registry, newModel, databases, query }) => {
        const name = uniqueName('model');
        const json = { ...newModel({ name }), ...fields };
        const refused = await registry.refusal('create', {}, { json });
        expect(refused).toBeProblem(422, field);
        expect((refused.body['errors'] as { field: string }[]).map((error) => error.field)).toContain(field);
        const stored = await query(databases.platform.urls.owner, 'SELECT 1 FROM registered_models WHERE name = $1', [
          name,
        ]);
        expect(stored).toEqual([]);
      },
    );
  }

  for (const [what, filter, field] of [
    ['a negative offset', 'offset=-1', 'offset'],
    ['a limit of 101', 'limit=101', 'limit'],
    ['a limit that is a word', 'limit=many', 'limit'],
    ['an unknown status', 'status=retired', 'status'],
    ['an unknown filter', 'nmae=x', 'nmae'],
  ] as const) {
    test(
      `listing models with ${what} is refused with 422, naming "${field}"`,
      requirement('REG-05'),
      async ({ http, admin }) => {
        const { status, text } = await http.request('GET', `/api/v1/models?${filter}`, { headers: admin.headers });
        expect({ status, body: JSON.parse(text) }).toBeProblem(422, field);
      },
    );
  }

  test(
    'a second model of the same name and version is refused with 409, even when six register at once',
    requirement('REG-05'),
    async ({ registry, registerModel, newModel, databases, query }) => {
      const name = uniqueName('model');
      const attempts = Array.from({ length: 6 }, () =>
        registerModel({ name }).then(
          () => 'created',
          () => 'refused',
        ),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      const refused = await registry.refusal('create', {}, { json: newModel({ name }) });
      expect(refused).toBeProblem(409, name);
      expect(refused.body).toMatchObject({ code: 'duplicate_version' });
      const other = await registerModel({ name, version: '2.0.0' });
      const renamed = await registry.refusal('change', { id: other.id }, { json: { version: '1.0.0' } });
      expect(renamed.body).toMatchObject({ status: 409, code: 'duplicate_version' });
      const rows = await query(
        databases.platform.urls.owner,
        'SELECT version FROM registered_models WHERE name = $1 ORDER BY version',
        [name],
      );
      expect(rows).toEqual([{ version: '1.0.0' }, { version: '2.0.0' }]);
    },
  );

  test(
    'a model that the model server does not serve can be registered as disabled, but not enabled',
    requirement('REG-05'),
    async ({ registry, registerModel }) => {
      const model = await registerModel({ served_id: 'nobody-serves-this', status: 'disabled' });
      const enabled = await registry.refusal('change', { id: model.id }, { json: { status: 'active' } });
      expect(enabled).toBeProblem(422, 'served_id');
      expect((await registry.read(model.id)).body.status).toBe('disabled');
      await registry.change(model.id, { description: 'a change of words alone' });
    },
  );

  test(
    'a model id that is not a UUID is refused with 422, and an unknown one with 404',
    requirement('REG-05'),
    async ({ registry }) => {
      expect(await registry.refusal('read', { id: 'not-a-uuid' })).toBeProblem(422, 'id');
      expect(await registry.refusal('read', { id: crypto.randomUUID() })).toBeProblem(404);
      const unknown = { id: crypto.randomUUID() };
      expect(await registry.refusal('change', unknown, { json: { description: 'x' } })).toBeProblem(404);
      expect(await registry.refusal('change', unknown, { json: {} })).toBeProblem(422);
    },
  );

  test(
    'a user may read the registry but not write it, and an unknown caller may do neither',
    requirement('REG-05', 'SEC-01'),
    async ({ platformClientsFor, user, registerModel, newModel }) => {
      const { id, name } = await registerModel();
      const asUser = platformClientsFor(user).registry;
      expect((await asUser.read(id)).body.id).toBe(id);
      const calls = [
        ['create', {}, { json: newModel() }],
        ['change', { id }, { json: { description: 'mine' } }],
        ['replace', { id }, { json: newModel() }],
        ['remove', { id }, {}],
      ] as const;
      for (const [endpoint, params, options] of calls)
        expect(await asUser.refusal(endpoint, params, options), endpoint).toBeProblem(403);
      const anonymous = platformClientsFor(undefined).registry;
      for (const [endpoint, params, options] of [
        ...calls,
        ['read', { id }, {}],
        ['list', {}, {}],
        ['named', { name, version: 'latest' }, {}],
      ] as const)
        expect(await anonymous.refusal(endpoint, params, options), endpoint).toBeProblem(401);
      expect((await asUser.read(id)).body.description).toBeNull();
    },
  );
});
