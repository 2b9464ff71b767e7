import { expect, needs, requirement, test } from '../../fixtures/index.ts';

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
    const last = (await adminAs(admin).users({ limit: 2, offset: first.total - 1 })).body;
    expect(last.items.length, 'accounts from the last one on').toBe(last.total - first.total + 1);
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
  requirement('AUTH-10', needs('auth', 'started target')),
  async ({ spareTarget, clientsOf, signUp, signInAdmin, adminAs, holdRows, query }) => {
    const platform = spareTarget.platform.urls.owner;
    const { http } = clientsOf(spareTarget);
    const [first, second] = [await signInAdmin(http), await signUp({}, http)];
    await query(platform, `UPDATE users SET role = 'user' WHERE id <> $1`, [first.id]);
    expect(await adminAs(first, http).refusedRole(first.id, { role: 'user' })).toBeProblem(409);

    await adminAs(first, http).changeRole(second.id, 'admin');
    const demote = (by: typeof first, whom: typeof first) =>
      http.request('PATCH', `/api/v1/admin/users/${whom.id}`, { json: { role: 'user' }, headers: by.headers });
    const held = await holdRows(platform, `SELECT id FROM users WHERE role = 'admin' FOR UPDATE`);
    const both = Promise.all([demote(first, second), demote(second, first)]);
    await expect.poll(held.waiting, 'both are under way').toBe(2);
    await held.release();
    const answers = await both;
    const ok = answers.filter(({ status }) => status === 200);
    expect(ok).toHaveLength(1);
    // The other was either no admin any more when it asked, or the last one.
    expect([403, 409]).toContain(answers.find(({ status }) => status !== 200)?.status);
    await query(platform, `UPDATE users SET role = 'admin' WHERE id = $1`, [first.id]);
  },
);

test(
  'the admin of the settings is there at boot; another password ends the sessions of the old one',
  requirement('AUTH-10', 'AUTH-06', needs('auth', 'started target')),
  async ({ spareTarget, startOwnTarget, clientsOf, signUp, authOn, query }) => {
    test.slow();
    const platform = spareTarget.platform.urls.owner;
    const user = await signUp({}, clientsOf(spareTarget).http);

    const boot = async (password: string) => {
      const target = await startOwnTarget({ platform, env: { ADMIN_EMAIL: user.email, ADMIN_PASSWORD: password } });
      return { auth: authOn(clientsOf(target).http), stop: () => target.stop() };
    };
    // The same password: made an admin, and still signed in.
    const same = await boot(user.password);
    expect((await same.auth.me(user.accessToken)).body).toMatchObject({ id: user.id, role: 'admin' });
    await same.stop();

    const changed = await boot('another-Password-2026');
    expect(await changed.auth.refusal('me', { headers: user.headers })).toBeProblem(401);
    expect(await changed.auth.refusal('login', { json: { email: user.email, password: user.password } })).toBeProblem(
      401,
    );
    const { body } = await changed.auth.login({ email: user.email, password: 'another-Password-2026' });
    expect(body.user).toMatchObject({ id: user.id, role: 'admin' });
    expect(await query(platform, 'SELECT count(*)::int FROM users WHERE email = $1', [user.email])).toEqual([
      { count: 1 },
    ]);
    const revoked = 'SELECT DISTINCT revoked_reason FROM sessions WHERE user_id = $1 AND revoked_at IS NOT NULL';
    expect(await query(platform, revoked, [user.id])).toEqual([{ revoked_reason: 'password_changed' }]);
  },
);
