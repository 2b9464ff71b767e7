import { expect, needs, requirement, faultTest as test, uniqueName } from '../../fixtures/index.ts';

test.describe('audit log', needs('auth.audit'), () => {
  test(
    'the audit log records who changed which role, from what to what, when and from which address',
    requirement('SEC-05'),
    async ({ admin, user, adminClientFor, config }) => {
      const id = uniqueName('request');
      const before = Date.now();
      // No trusted proxy is configured, so the address is that of the connection, whatever X-Forwarded-For claims.
      await adminClientFor(admin).changeRole(user.id, 'admin', {
        'x-request-id': id,
        'x-forwarded-for': '203.0.113.7',
      });
      const { body } = await adminClientFor(admin).audit({ subject: user.id, action: 'user.role' });
      expect(body.total).toBe(1);
      expect(body.items[0]).toMatchObject({
        actor_id: admin.id,
        actor_email: admin.email,
        action: 'user.role',
        subject: user.id,
        detail: { from: 'user', to: 'admin' },
        request_id: id,
        // How an attached target sees this client is unknown here, but the forged address must not be recorded.
        address: config.TARGET_URL ? expect.not.stringContaining('203.0.113.7') : '127.0.0.1',
      });
      const at = Date.parse(body.items[0]?.at ?? '');
      expect(Math.abs(at - before)).toBeLessThan(60_000);
      const others = await adminClientFor(admin).audit({ subject: user.id, action: 'model.create' });
      expect(others.body, 'entries for an action that did not happen to this user').toMatchObject({
        items: [],
        total: 0,
      });
    },
  );

  test(
    'the audit log has no entry for a role change that is refused or changes nothing',
    requirement('SEC-05'),
    async ({ admin, user, adminClientFor }) => {
      await adminClientFor(admin).changeRole(user.id, 'user');
      await adminClientFor(admin).refusedRole(user.id, { role: 'root' });
      await adminClientFor(user).refusedRole(user.id, { role: 'admin' });
      expect((await adminClientFor(admin).audit({ subject: user.id })).body.total).toBe(0);
    },
  );

  test('the audit log lists the latest entry first', requirement('SEC-05'), async ({ admin, user, adminClientFor }) => {
    for (const role of ['admin', 'user', 'admin']) await adminClientFor(admin).changeRole(user.id, role);
    const { body } = await adminClientFor(admin).audit({ subject: user.id, limit: 2 });
    expect(body.total).toBe(3);
    expect(body.items.map(({ detail }) => detail)).toEqual([
      { from: 'user', to: 'admin' },
      { from: 'admin', to: 'user' },
    ]);
  });
});

test(
  'registering a model adds an audit log entry with the id of the admin to Postgres',
  requirement('SEC-05', needs('registry')),
  async ({ admin, registerModel, databases, query }) => {
    const model = await registerModel();
    const rows = await query(
      databases.platform.urls.owner,
      'SELECT actor_id, action, subject FROM audit_log WHERE subject = $1',
      [model.id],
    );
    expect(rows).toEqual([
      { actor_id: expect.stringMatching(/^[0-9a-f-]{36}$/), action: 'model.create', subject: model.id },
    ]);
    const [actor] = await query(databases.platform.urls.owner, 'SELECT role, email FROM users WHERE id = $1', [
      rows[0]?.['actor_id'],
    ]);
    expect(actor).toEqual({ role: 'admin', email: admin.email });
  },
);

test(
  'a role change and its audit log entry are committed together or not at all',
  requirement('SEC-05', 'RES-11', needs('auth', 'started target')),
  async ({ spareTarget, clientsFor, signUp, signInAdmin, adminClientFor, query }) => {
    const platform = spareTarget.platform.urls.owner;
    const { http } = clientsFor(spareTarget);
    const [admin, user] = [await signInAdmin(http), await signUp({}, http)];
    await query(platform, 'ALTER TABLE audit_log ADD CONSTRAINT no_more CHECK (false) NOT VALID');
    const refused = await adminClientFor(admin, http).refusedRole(user.id, { role: 'admin' });
    expect(refused).toBeProblem(500);
    expect(JSON.stringify(refused.body), 'the error of Postgres is not repeated').not.toMatch(
      /no_more|audit_log|constraint/,
    );
    expect(await query(platform, 'SELECT role FROM users WHERE id = $1', [user.id])).toEqual([{ role: 'user' }]);
    await query(platform, 'ALTER TABLE audit_log DROP CONSTRAINT no_more');

    // The other way round: the entry is written, and the role change then makes the commit fail.
    await query(
      platform,
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no_more''; END'",
    );
    await query(
      platform,
      'CREATE CONSTRAINT TRIGGER no_more AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    expect(await adminClientFor(admin, http).refusedRole(user.id, { role: 'admin' })).toBeProblem(500);
    expect(await query(platform, 'SELECT role FROM users WHERE id = $1', [user.id])).toEqual([{ role: 'user' }]);
    const entries = "SELECT count(*)::int AS entries FROM audit_log WHERE subject = $1 AND action = 'user.role'";
    expect(await query(platform, entries, [user.id])).toEqual([{ entries: 0 }]);
    await query(platform, 'DROP FUNCTION refuse() CASCADE');
    await adminClientFor(admin, http).changeRole(user.id, 'admin');
    expect(await query(platform, entries, [user.id])).toEqual([{ entries: 1 }]);
  },
);

for (const { what, method, url, action, capability } of [
  {
    what: 'loading a model',
    method: 'POST',
    url: '/v1/models/{model}/load',
    action: 'model.load',
    capability: 'loading',
  },
  {
    what: 'loading a preset',
    method: 'POST',
    url: '/v1/presets/reviewed/load',
    action: 'preset.load',
    capability: 'orchestration',
  },
] as const)
  test(
    `${what} adds an entry to the audit log, and a refused attempt adds none`,
    requirement('SEC-05', needs(capability, 'auth.audit')),
    async ({ http, admin, user, databases, query, config }) => {
      const ids = [uniqueName('allowed'), uniqueName('forbidden')];
      const path = url.replace('{model}', config.MODEL_ID);
      const load = async ({ headers }: typeof user, id: string | undefined) =>
        (await http.request(method, path, { headers: { ...headers, 'x-request-id': id ?? '' } })).status;
      expect([await load(admin, ids[0]), await load(user, ids[1])]).toEqual([200, 403]);
      const entriesSql = 'SELECT request_id, action, actor_id FROM audit_log WHERE request_id = ANY($1)';
      expect(await query(databases.platform.urls.owner, entriesSql, [ids])).toEqual([
        { request_id: ids[0], action, actor_id: admin.id },
      ]);
    },
  );
