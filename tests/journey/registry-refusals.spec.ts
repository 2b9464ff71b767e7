import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

/** What is wrong, the fields that make it so, and which field must be named. */
const invalid: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['no name', { name: undefined }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a name with a colon', { name: 'a:b' }, 'name'],
  ['a name with a slash', { name: 'a/b' }, 'name'],
  ['a name of 101 characters', { name: 'n'.repeat(101) }, 'name'],
  ['a name that is a number', { name: 7 }, 'name'],
  ['no version', { version: undefined }, 'version'],
  ['a version of two parts', { version: '1.0' }, 'version'],
  ['a version with a leading zero', { version: '01.0.0' }, 'version'],
  ['a version called latest', { version: 'latest' }, 'version'],
  ['no served_id', { served_id: undefined }, 'served_id'],
  ['a served_id that nobody serves', { served_id: 'nobody-serves-this' }, 'served_id'],
  ['a served_id with a NUL', { served_id: 'a\0b' }, 'served_id'],
  ['an unknown status', { status: 'retired' }, 'status'],
  ['a tag with a blank', { tags: ['fine', 'not fine'] }, 'tags.1'],
  ['a tag twice', { tags: ['one', 'one'] }, 'tags'],
  ['tags that are no list', { tags: 'chat' }, 'tags'],
  ['a temperature of 3', { parameters: { temperature: 3 } }, 'parameters.temperature'],
  ['a parameter with a bad name', { parameters: { 'Not Good': 1 } }, 'parameters'],
  ['a nested parameter', { parameters: { stop: { word: 'x' } } }, 'parameters.stop'],
  ['an unknown field', { verison: '1.0.0' }, 'verison'],
];

test.describe('the registry refuses', needs('registry'), () => {
  for (const [what, fields, named] of invalid) {
    test(`${what}, naming ${named}`, requirement('REG-05'), async ({ registry, newModel, databases, query }) => {
      const name = uniqueName('model');
      const json = { ...newModel({ name }), ...fields };
      const refused = await registry.refusal('create', {}, { json });
      expect(refused).toBeProblem(422, named);
      expect((refused.body['errors'] as { field: string }[]).map(({ field }) => field)).toContain(named);
      const kept = await query(databases.platform.urls.owner, 'SELECT 1 FROM registered_models WHERE name = $1', [
        name,
      ]);
      expect(kept).toEqual([]);
    });
  }

  for (const [what, filter, named] of [
    ['a negative offset', 'offset=-1', 'offset'],
    ['a limit of 101', 'limit=101', 'limit'],
    ['a limit that is a word', 'limit=many', 'limit'],
    ['an unknown status', 'status=retired', 'status'],
    ['an unknown filter', 'nmae=x', 'nmae'],
  ] as const) {
    test(`${what} in a list, naming ${named}`, requirement('REG-05'), async ({ http, admin }) => {
      const { status, text } = await http.request('GET', `/api/v1/models?${filter}`, { headers: admin.headers });
      expect({ status, body: JSON.parse(text) }).toBeProblem(422, named);
    });
  }

  test(
    'a second model of the same name and version, however many try at once',
    requirement('REG-05'),
    async ({ registry, registerModel, newModel, databases, query }) => {
      const name = uniqueName('model');
      const attempts = Array.from({ length: 6 }, () =>
        registerModel({ name }).then(
          () => 'made',
          () => 'refused',
        ),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1);
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
    'to serve what nobody serves, but keeps it disabled',
    requirement('REG-05'),
    async ({ registry, registerModel }) => {
      const model = await registerModel({ served_id: 'nobody-serves-this', status: 'disabled' });
      const enabled = await registry.refusal('change', { id: model.id }, { json: { status: 'active' } });
      expect(enabled).toBeProblem(422, 'served_id');
      expect((await registry.read(model.id)).body.status).toBe('disabled');
      await registry.change(model.id, { description: 'a change of words alone' });
    },
  );

  test('an id that is no UUID, and one that nobody has', requirement('REG-05'), async ({ registry }) => {
    expect(await registry.refusal('read', { id: 'not-a-uuid' })).toBeProblem(422, 'id');
    expect(await registry.refusal('read', { id: crypto.randomUUID() })).toBeProblem(404);
    const nobody = { id: crypto.randomUUID() };
    expect(await registry.refusal('change', nobody, { json: { description: 'x' } })).toBeProblem(404);
    expect(await registry.refusal('change', nobody, { json: {} })).toBeProblem(422);
  });

  test(
    'users to write and strangers to read',
    requirement('REG-05', 'SEC-01'),
    async ({ platformAs, user, registerModel, newModel }) => {
      const { id, name } = await registerModel();
      const asUser = platformAs(user).registry;
      expect((await asUser.read(id)).body.id).toBe(id);
      const calls = [
        ['create', {}, { json: newModel() }],
        ['change', { id }, { json: { description: 'mine' } }],
        ['replace', { id }, { json: newModel() }],
        ['remove', { id }, {}],
      ] as const;
      for (const [endpoint, params, options] of calls)
        expect(await asUser.refusal(endpoint, params, options), endpoint).toBeProblem(403);
      const asNobody = platformAs(undefined).registry;
      for (const [endpoint, params, options] of [
        ...calls,
        ['read', { id }, {}],
        ['list', {}, {}],
        ['named', { name, version: 'latest' }, {}],
      ] as const)
        expect(await asNobody.refusal(endpoint, params, options), endpoint).toBeProblem(401);
      expect((await asUser.read(id)).body.description).toBeNull();
    },
  );
});
