import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

test.describe('concurrent sign-in', needs('auth', 'auth.tokens'), () => {
  test(
    'thirty users register and sign in at once, and each gets their own account',
    requirement('AUTH-12', 'AUTH-01'),
    async ({ auth }) => {
      const accounts = Array.from({ length: 30 }, () => newAccount());
      const results = await Promise.all(
        accounts.map(async (account) => {
          const registered = (await auth.register(account)).body;
          const signedIn = (await auth.login(account)).body;
          const me = (await auth.me(signedIn.access_token)).body;
          return { account, registered, signedIn, me };
        }),
      );
      for (const { account, registered, signedIn, me } of results) {
        expect(me.id).toBe(registered.user.id);
        expect(signedIn.user.id).toBe(registered.user.id);
        if (!auth.has('account')) continue;
        expect(me).toEqual(registered.user);
        expect(signedIn.user).toEqual(registered.user);
        expect(me.email).toBe(account.email);
      }
      const countDistinct = (values: unknown[]) => new Set(values).size;
      expect(countDistinct(results.map(({ me }) => me.id))).toBe(30);
      if (!auth.has('refresh_token')) return;
      expect(
        countDistinct(
          results.flatMap(({ registered, signedIn }) => [registered.refresh_token, signedIn.refresh_token]),
        ),
      ).toBe(60);
    },
  );

  test(
    'logging out ten of the twenty sessions of one user leaves the other ten alive',
    // Another service may have a good reason to refuse a user who signs in twenty times at once.
    requirement('AUTH-12', 'AUTH-13', needs('auth.refusals', 'auth.refresh_token')),
    async ({ auth, user, signIn }) => {
      const sessions = await Promise.all(Array.from({ length: 20 }, () => signIn(user)));
      const [ended, alive] = [sessions.slice(0, 10), sessions.slice(10)];
      await Promise.all(ended.map(({ accessToken }) => auth.logout(accessToken)));
      const answers = await Promise.all(ended.map(({ headers }) => auth.answer('me', { headers })));
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(401));
      const refreshed = await Promise.all(alive.map(({ refreshToken }) => auth.refresh(refreshToken)));
      expect(refreshed.map(({ body }) => body.user.id)).toEqual(Array<string>(10).fill(user.id));
    },
  );
});

test(
  'thirty users who register at once are stored as thirty accounts',
  requirement('AUTH-12', 'OWN-05', needs('auth', 'state.users')),
  async ({ signUp, state }) => {
    const users = await Promise.all(Array.from({ length: 30 }, () => signUp()));
    const rows = await state.find('users', { key: users.map(({ email }) => email) });
    const stored = rows.map(({ id }) => id).sort();
    expect(stored, 'ids of the accounts that are stored').toEqual(users.map(({ id }) => id).sort());
  },
);

test(
  'thirty users who register at once have a session and a password hash of their own each',
  requirement('AUTH-12', needs('auth.account', 'state.sessions', 'state.passwords')),
  async ({ signUp, state }) => {
    const users = await Promise.all(Array.from({ length: 30 }, () => signUp()));
    const user = users.map(({ id }) => id);
    const sessions = await state.find('sessions', { user });
    expect(new Set(sessions.map(({ id }) => id)).size, 'sessions of new users').toBe(30);
    expect(new Set(sessions.map((session) => session.user)).size, 'users with a session').toBe(30);
    expect(new Set((await state.find('passwords', { user })).map(({ stored }) => stored)).size, 'hashes').toBe(30);
  },
);
