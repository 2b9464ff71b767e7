import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

test.describe('administration', needs('auth.admin'), () => {
  test('users and strangers are kept out of it', requirement('AUTH-10'), async ({ user, adminAs }) => {
    for (const [who, status] of [
      [user, 403],
      [{ headers: { authorization: 'Bearer nonsense' } }, 401],
    ] as const) {
      const refused = adminAs(who);
      expect(await refused.refusedUsers()).toBeProblem(status);
      expect(await refused.refusedAudit()).toBeProblem(status);
      expect(await refused.refusedRole(user.id, { role: 'admin' })).toBeProblem(status);
    }
  });

  test('an admin sees every account, page by page', requirement('AUTH-10'), async ({ admin, adminAs, signUp }) => {
    await Promise.all([signUp(), signUp(), signUp()]);
    const { body: first } = await adminAs(admin).users({ limit: 2 });
    const { body: second } = await adminAs(admin).users({ limit: 2, offset: 1 });
    expect(first.items).toHaveLength(2);
    expect(first.total).toBeGreaterThanOrEqual(4);
    expect(second.items[0]).toEqual(first.items[1]);
    for (const account of first.items)
      expect(Object.keys(account).sort()).toEqual(['created_at', 'email', 'id', 'name', 'role']);
  });

  test(
    'a new role counts at once, for the token that is out already',
    requirement('AUTH-10'),
    async ({ admin, user, adminAs, auth }) => {
      expect((await adminAs(admin).changeRole(user.id, 'admin')).body.role).toBe('admin');
      expect((await adminAs(user).users()).status).toBe(200);
      expect((await auth.me(user.accessToken)).body.role).toBe('admin');
      expect((await adminAs(user).changeRole(user.id, 'user')).body.role).toBe('user');
      expect(await adminAs(user).refusedUsers()).toBeProblem(403);
    },
  );

  for (const { what, id, body, status } of [
    {
      what: 'a user that is not there',
      id: '00000000-0000-4000-8000-000000000000',
      body: { role: 'user' },
      status: 404,
    },
    { what: 'an id that is none', id: 'everybody', body: { role: 'user' }, status: 422 },
    { what: 'a role that is none', id: undefined, body: { role: 'root' }, status: 422 },
    { what: 'more than the role', id: undefined, body: { role: 'user', email: 'other@plumbline.test' }, status: 422 },
    { what: 'nothing', id: undefined, body: {}, status: 422 },
  ])
    test(`changing ${what} is refused`, requirement('AUTH-10'), async ({ admin, user, adminAs }) => {
      expect(await adminAs(admin).refusedRole(id ?? user.id, body)).toBeProblem(status);
    });

  for (const filter of [{ limit: 0 }, { limit: 101 }, { offset: -1 }, { limit: 'all' }, { colour: 'red' }] as const)
    test(`a page of ${JSON.stringify(filter)} is refused`, requirement('AUTH-10'), async ({ admin, adminAs }) => {
      expect(await adminAs(admin).refusedUsers(filter)).toBeProblem(422, Object.keys(filter)[0]);
    });
});

test(
  'the last admin cannot be demoted, and of two who demote each other one stays',
  requirement('AUTH-10'),
  async ({ startOwnTarget, clientsOf, freshDatabase, signUp, signInAdmin, adminAs }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const { http } = clientsOf(await startOwnTarget({ platform }));
    const [first, second] = [await signInAdmin(http), await signUp({}, http)];
    expect(await adminAs(first, http).refusedRole(first.id, { role: 'user' })).toBeProblem(409);

    await adminAs(first, http).changeRole(second.id, 'admin');
    const demote = (by: typeof first, whom: typeof first) =>
      http.request('PATCH', `/api/v1/admin/users/${whom.id}`, { json: { role: 'user' }, headers: by.headers });
    const answers = await Promise.all([demote(first, second), demote(second, first)]);
    const ok = answers.filter(({ status }) => status === 200);
    expect(ok).toHaveLength(1);
    // The other was either no admin any more when it asked, or the last one.
    expect([403, 409]).toContain(answers.find(({ status }) => status !== 200)?.status);
  },
);

test.describe('audit log', needs('auth.audit'), () => {
  test(
    'it says who changed which role, from what to what, when and from where',
    requirement('SEC-05'),
    async ({ admin, user, adminAs }) => {
      const id = uniqueName('request');
      const before = Date.now();
      await adminAs(admin).changeRole(user.id, 'admin', { 'x-request-id': id });
      const { body } = await adminAs(admin).audit({ subject: user.id, action: 'user.role' });
      expect(body.total).toBe(1);
      expect(body.items[0]).toMatchObject({
        actor_id: admin.id,
        actor_email: admin.email,
        action: 'user.role',
        subject: user.id,
        detail: { from: 'user', to: 'admin' },
        request_id: id,
        address: '127.0.0.1',
      });
      const at = Date.parse(body.items[0]?.at ?? '');
      expect(Math.abs(at - before)).toBeLessThan(60_000);
    },
  );

  test(
    'what changed nothing, and what was refused, is not in it',
    requirement('SEC-05'),
    async ({ admin, user, adminAs }) => {
      await adminAs(admin).changeRole(user.id, 'user');
      await adminAs(admin).refusedRole(user.id, { role: 'root' });
      await adminAs(user).refusedRole(user.id, { role: 'admin' });
      expect((await adminAs(admin).audit({ subject: user.id })).body.total).toBe(0);
    },
  );

  test('the latest comes first', requirement('SEC-05'), async ({ admin, user, adminAs }) => {
    for (const role of ['admin', 'user', 'admin']) await adminAs(admin).changeRole(user.id, role);
    const { body } = await adminAs(admin).audit({ subject: user.id, limit: 2 });
    expect(body.total).toBe(3);
    expect(body.items.map(({ detail }) => detail)).toEqual([
      { from: 'user', to: 'admin' },
      { from: 'admin', to: 'user' },
    ]);
  });
});

test(
  'what admins do to models is in the audit log, in Postgres',
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
  'a role and its line in the audit log are written together or not at all',
  requirement('SEC-05', 'RES-11'),
  async ({ startOwnTarget, clientsOf, freshDatabase, signUp, signInAdmin, adminAs, query }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const { http } = clientsOf(await startOwnTarget({ platform }));
    const [admin, user] = [await signInAdmin(http), await signUp({}, http)];
    await query(platform, 'ALTER TABLE audit_log ADD CONSTRAINT no_more CHECK (false) NOT VALID');
    expect(await adminAs(admin, http).refusedRole(user.id, { role: 'admin' })).toBeProblem(500);
    expect(await query(platform, 'SELECT role FROM users WHERE id = $1', [user.id])).toEqual([{ role: 'user' }]);
    await query(platform, 'ALTER TABLE audit_log DROP CONSTRAINT no_more');
    await adminAs(admin, http).changeRole(user.id, 'admin');
  },
);
