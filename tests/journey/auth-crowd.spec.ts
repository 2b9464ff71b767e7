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
        expect(me).toEqual(registered.user);
        expect(signedIn.user).toEqual(registered.user);
        expect(me.email).toBe(account.email);
      }
      const countDistinct = (values: unknown[]) => new Set(values).size;
      expect(countDistinct(results.map(({ me }) => me.id))).toBe(30);
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
    requirement('AUTH-12', 'AUTH-13', needs('started target')),
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
  'thirty users who register at once are stored as thirty accounts, sessions and password hashes',
  requirement('AUTH-12', needs('auth', 'started target')),
  async ({ signUp, databases, query }) => {
    const users = await Promise.all(Array.from({ length: 30 }, () => signUp()));
    const [row] = await query(
      databases.platform.urls.owner,
      `SELECT count(DISTINCT u.id)::int AS users, count(DISTINCT s.id)::int AS sessions, count(DISTINCT u.password_hash)::int AS hashes
     FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.id = ANY($1)`,
      [users.map(({ id }) => id)],
    );
    expect(row).toEqual({ users: 30, sessions: 30, hashes: 30 });
  },
);
