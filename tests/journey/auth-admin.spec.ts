import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test.describe('account administration', needs('auth.admin'), () => {
  test(
    'the admin endpoints refuse a user with 403 and an invalid token with 401',
    requirement('AUTH-10'),
    async ({ user, adminClientFor }) => {
      for (const [caller, status] of [
        [user, 403],
        [{ headers: { authorization: 'Bearer nonsense' } }, 401],
      ] as const) {
        const client = adminClientFor(caller);
        expect(await client.refusedUsers()).toBeProblem(status);
        expect(await client.refusedAudit()).toBeProblem(status);
        expect(await client.refusedRole(user.id, { role: 'admin' })).toBeProblem(status);
      }
    },
  );

  test(
    'an admin lists every account, page by page',
    requirement('AUTH-10'),
    async ({ admin, adminClientFor, signUp }) => {
      await Promise.all([signUp(), signUp(), signUp()]);
      const { body: first } = await adminClientFor(admin).users({ limit: 2 });
      const { body: second } = await adminClientFor(admin).users({ limit: 2, offset: 1 });
      expect(first.items).toHaveLength(2);
      expect(first.total).toBeGreaterThanOrEqual(4);
      expect(second.items[0]).toEqual(first.items[1]);
      const last = (await adminClientFor(admin).users({ limit: 2, offset: first.total - 1 })).body;
      expect(last.items.length, 'accounts from the last known one on').toBe(last.total - first.total + 1);
      for (const account of first.items)
        expect(Object.keys(account).sort()).toEqual(['created_at', 'email', 'id', 'name', 'role']);
    },
  );

  test(
    'a new role takes effect at once, even for an access token that was issued before',
    requirement('AUTH-10'),
    async ({ admin, user, adminClientFor, auth }) => {
      expect((await adminClientFor(admin).changeRole(user.id, 'admin')).body.role).toBe('admin');
      expect((await adminClientFor(user).users()).status).toBe(200);
      expect((await auth.me(user.accessToken)).body.role).toBe('admin');
      expect((await adminClientFor(user).changeRole(user.id, 'user')).body.role).toBe('user');
      expect(await adminClientFor(user).refusedUsers()).toBeProblem(403);
    },
  );

  for (const { what, id, body, status } of [
    {
      what: 'for a user that does not exist',
      id: '00000000-0000-4000-8000-000000000000',
      body: { role: 'user' },
      status: 404,
    },
    { what: 'for an id that is not a UUID', id: 'everybody', body: { role: 'user' }, status: 422 },
    { what: 'to an unknown role', id: undefined, body: { role: 'root' }, status: 422 },
    {
      what: 'that also changes the e-mail address',
      id: undefined,
      body: { role: 'user', email: 'other@plumbline.test' },
      status: 422,
    },
    { what: 'without a role', id: undefined, body: {}, status: 422 },
  ])
    test(
      `a role change ${what} is refused with ${status}`,
      requirement('AUTH-10'),
      async ({ admin, user, adminClientFor }) => {
        expect(await adminClientFor(admin).refusedRole(id ?? user.id, body)).toBeProblem(status);
      },
    );

  for (const filter of [{ limit: 0 }, { limit: 101 }, { offset: -1 }, { limit: 'all' }, { colour: 'red' }] as const)
    test(
      `listing accounts with ${JSON.stringify(filter)} is refused with 422`,
      requirement('AUTH-10'),
      async ({ admin, adminClientFor }) => {
        expect(await adminClientFor(admin).refusedUsers(filter)).toBeProblem(422, Object.keys(filter)[0]);
      },
    );
});

test(
  'the last admin cannot be demoted, and when two admins demote each other at once, one remains',
  requirement('AUTH-10', needs('auth', 'started target')),
  async ({ spareTarget, clientsFor, signUp, signInAdmin, adminClientFor, lockRows, query }) => {
    const platform = spareTarget.platform.urls.owner;
    const { http } = clientsFor(spareTarget);
    const [first, second] = [await signInAdmin(http), await signUp({}, http)];
    await query(platform, `UPDATE users SET role = 'user' WHERE id <> $1`, [first.id]);
    expect(await adminClientFor(first, http).refusedRole(first.id, { role: 'user' })).toBeProblem(409);

    await adminClientFor(first, http).changeRole(second.id, 'admin');
    const demote = (by: typeof first, whom: typeof first) =>
      http.request('PATCH', `/api/v1/admin/users/${whom.id}`, { json: { role: 'user' }, headers: by.headers });
    const lock = await lockRows(platform, `SELECT id FROM users WHERE role = 'admin' FOR UPDATE`);
    const demotions = Promise.all([demote(first, second), demote(second, first)]);
    await expect.poll(lock.waiting, 'requests that wait for the row lock').toBe(2);
    await lock.release();
    const answers = await demotions;
    const ok = answers.filter(({ status }) => status === 200);
    expect(ok).toHaveLength(1);
    // The other request was refused because its sender was no longer an admin, or would have demoted the last one.
    expect([403, 409]).toContain(answers.find(({ status }) => status !== 200)?.status);
    await query(platform, `UPDATE users SET role = 'admin' WHERE id = $1`, [first.id]);
  },
);

test(
  'the admin account from the settings exists after boot, and a changed password ends its old sessions',
  requirement('AUTH-10', 'AUTH-06', needs('auth', 'started target')),
  async ({ spareTarget, startOwnTarget, clientsFor, signUp, authClientFor, query }) => {
    test.slow();
    const platform = spareTarget.platform.urls.owner;
    const user = await signUp({}, clientsFor(spareTarget).http);

    const boot = async (password: string) => {
      const target = await startOwnTarget({
        platform,
        settings: { 'admin email': user.email, 'admin password': password },
      });
      return { auth: authClientFor(clientsFor(target).http), stop: () => target.stop() };
    };
    // With the same password, the user becomes an admin and stays signed in.
    const same = await boot(user.password);
    expect((await same.auth.me(user.accessToken)).body).toMatchObject({ id: user.id, role: 'admin' });
    await same.stop();

    // Made here and not a literal: the report quotes the source, in which the sweep would then find a password.
    const newPassword = `${user.password}-2`;
    const changed = await boot(newPassword);
    expect(await changed.auth.refusal('me', { headers: user.headers })).toBeProblem(401);
    expect(await changed.auth.refusal('login', { json: { email: user.email, password: user.password } })).toBeProblem(
      401,
    );
    const { body } = await changed.auth.login({ email: user.email, password: newPassword });
    expect(body.user).toMatchObject({ id: user.id, role: 'admin' });
    expect(await query(platform, 'SELECT count(*)::int FROM users WHERE email = $1', [user.email])).toEqual([
      { count: 1 },
    ]);
    const revoked = 'SELECT DISTINCT revoked_reason FROM sessions WHERE user_id = $1 AND revoked_at IS NOT NULL';
    expect(await query(platform, revoked, [user.id])).toEqual([{ revoked_reason: 'password_changed' }]);
  },
);
