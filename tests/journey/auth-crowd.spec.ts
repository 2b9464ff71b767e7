import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

test.describe('many at once', needs('auth'), () => {
  test(
    'thirty register and sign in at once, and each is who they are',
    requirement('AUTH-12', 'AUTH-01'),
    async ({ auth }) => {
      const accounts = Array.from({ length: 30 }, () => newAccount());
      const everybody = await Promise.all(
        accounts.map(async (account) => {
          const registered = (await auth.register(account)).body;
          const signedIn = (await auth.login(account)).body;
          const me = (await auth.me(signedIn.access_token)).body;
          return { account, registered, signedIn, me };
        }),
      );
      for (const { account, registered, signedIn, me } of everybody) {
        expect(me).toEqual(registered.user);
        expect(signedIn.user).toEqual(registered.user);
        expect(me.email).toBe(account.email);
      }
      const different = (values: unknown[]) => new Set(values).size;
      expect(different(everybody.map(({ me }) => me.id))).toBe(30);
      expect(
        different(everybody.flatMap(({ registered, signedIn }) => [registered.refresh_token, signedIn.refresh_token])),
      ).toBe(60);
    },
  );

  test(
    'twenty sessions of one user live and end apart',
    // Somebody’s own service may rightly refuse one user who signs in twenty times at once.
    requirement('AUTH-12', 'AUTH-13', needs('started target')),
    async ({ auth, user, signIn }) => {
      const sessions = await Promise.all(Array.from({ length: 20 }, () => signIn(user)));
      const [ended, alive] = [sessions.slice(0, 10), sessions.slice(10)];
      await Promise.all(ended.map(({ accessToken }) => auth.logout(accessToken)));
      const told = await Promise.all(ended.map(({ headers }) => auth.answer('me', { headers })));
      expect(told.map(({ status }) => status)).toEqual(Array<number>(10).fill(401));
      const refreshed = await Promise.all(alive.map(({ refreshToken }) => auth.refresh(refreshToken)));
      expect(refreshed.map(({ body }) => body.user.id)).toEqual(Array<string>(10).fill(user.id));
    },
  );
});

test(
  'thirty that register at once are thirty rows',
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
