import { claimsOf, expect, isReference, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('sessions', needs('auth.refusals'), () => {
  test(
    'a refresh token is exchanged for new tokens, and the earlier access token stays valid',
    requirement('AUTH-04'),
    async ({ auth, user }) => {
      const { status, body } = await auth.refresh(user.refreshToken);
      expect(status).toBe(200);
      expect(body.user.id).toBe(user.id);
      expect(body.refresh_token).not.toBe(user.refreshToken);
      expect((await auth.me(body.access_token)).body.id).toBe(user.id);
      // Refreshing does not invalidate the earlier access token.
      expect((await auth.me(user.accessToken)).body.id).toBe(user.id);
      expect((await auth.refresh(body.refresh_token)).status).toBe(200);
    },
  );

  for (const [what, token] of [
    ['one word', 'not-a-token'],
    ['500 characters', 'x'.repeat(500)],
    ['non-ASCII characters', 'ä\u{1F600}'],
  ] as const)
    test(`a made-up refresh token of ${what} is refused with 401`, requirement('AUTH-04'), async ({ auth }) => {
      expect(await auth.refusal('refresh', { json: { refresh_token: token } })).toBeProblem(401, 'refresh token');
    });

  test(
    'an access token is refused as a refresh token, and a refresh token as an access token',
    requirement('AUTH-04', 'AUTH-11'),
    async ({ auth, user }) => {
      const asRefresh = await auth.refusal('refresh', { json: { refresh_token: user.accessToken.slice(0, 500) } });
      expect(asRefresh).toBeProblem(401);
      const asAccess = await auth.refusal('me', { headers: { authorization: `Bearer ${user.refreshToken}` } });
      expect(asAccess).toBeProblem(401);
    },
  );

  test(
    'after a logout, the access token and the refresh token are both refused',
    requirement('AUTH-05', 'AUTH-06'),
    async ({ auth, user }) => {
      await auth.logout(user.accessToken);
      expect(await auth.refusal('me', { headers: user.headers })).toBeProblem(401);
      expect(await auth.refusal('logout', { headers: user.headers })).toBeProblem(401);
      expect(await auth.refusal('refresh', { json: { refresh_token: user.refreshToken } })).toBeProblem(401);
      expect((await auth.login(user)).status).toBe(200);
    },
  );

  test(
    'a logout after a refresh also ends the tokens from before the refresh',
    requirement('AUTH-06'),
    async ({ auth, user }) => {
      const { body } = await auth.refresh(user.refreshToken);
      await auth.logout(body.access_token);
      for (const accessToken of [user.accessToken, body.access_token])
        expect(await auth.refusal('me', { headers: { authorization: `Bearer ${accessToken}` } })).toBeProblem(401);
      expect(await auth.refusal('refresh', { json: { refresh_token: body.refresh_token } })).toBeProblem(401);
    },
  );

  test("one session's logout leaves another's alive", requirement('AUTH-13'), async ({ auth, user, signIn }) => {
    const other = await signIn(user);
    await auth.logout(user.accessToken);
    expect((await auth.me(other.accessToken)).body.id).toBe(user.id);
    expect((await auth.refresh(other.refreshToken)).status).toBe(200);
  });

  test(
    "a logout with the refresh token of another session ends that session too, unless it is another user's",
    requirement('AUTH-05'),
    async ({ auth, user, signIn, signUp }) => {
      const [other, stranger] = [await signIn(user), await signUp()];
      await auth.logout(user.accessToken, other.refreshToken);
      expect(await auth.refusal('me', { headers: other.headers })).toBeProblem(401);
      const last = await signIn(user);
      await auth.logout(last.accessToken, stranger.refreshToken);
      expect((await auth.me(stranger.accessToken)).status).toBe(200);
    },
  );

  test(
    'a refresh token that is used again ends its whole session',
    requirement('AUTH-14'),
    async ({ auth, user, signIn }) => {
      const other = await signIn(user);
      const { body } = await auth.refresh(user.refreshToken);
      expect(await auth.refusal('refresh', { json: { refresh_token: user.refreshToken } })).toBeProblem(401);
      // The holder of the newer token may be the thief, so that token and the access tokens are refused as well.
      expect(await auth.refusal('refresh', { json: { refresh_token: body.refresh_token } })).toBeProblem(401);
      for (const token of [user.accessToken, body.access_token])
        expect(await auth.refusal('me', { headers: { authorization: `Bearer ${token}` } })).toBeProblem(401);
      expect((await auth.me(other.accessToken)).status).toBe(200);
    },
  );

  test(
    'when eight requests use one refresh token at once, one gets new tokens and the session ends',
    requirement('AUTH-14'),
    async ({ auth, user }) => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => auth.answer('refresh', { json: { refresh_token: user.refreshToken } })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
      expect(await auth.refusal('me', { headers: user.headers })).toBeProblem(401);
    },
  );
});

test(
  'when two requests with one refresh token are processed at the same moment, one gets new tokens and the session ends',
  requirement('AUTH-14', needs('auth', 'started target')),
  async ({ auth, user, databases, lockRows }) => {
    const session = [claimsOf(user.accessToken)['sid']];
    const lock = await lockRows(
      databases.platform.urls.owner,
      'SELECT id FROM sessions WHERE id = $1 FOR UPDATE',
      session,
    );
    const use = () => auth.answer('refresh', { json: { refresh_token: user.refreshToken } });
    const both = Promise.all([use(), use()]);
    await expect.poll(lock.waiting, 'requests that wait for the row lock').toBe(2);
    await lock.release();
    expect((await both).map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await auth.refusal('me', { headers: user.headers })).toBeProblem(401);
  },
);

test(
  'a sign-out ends one stored session, and leaves the others',
  requirement('AUTH-05', 'AUTH-13', needs('auth', 'state.sessions')),
  async ({ auth, user, signIn, state }) => {
    const other = await signIn(user);
    // A session that is over may be marked, or deleted.
    const open = async () => (await state.find('sessions', { user: user.id })).filter(({ ended }) => !ended).length;
    const before = await open();
    await auth.logout(user.accessToken);
    expect(before - (await open()), 'sessions that a sign-out ended').toBe(1);
    expect((await auth.me(other.accessToken)).body.id).toBe(user.id);
  },
);

test(
  'refresh tokens are stored only as hashes, and as used once they are spent',
  requirement('AUTH-05', 'AUTH-14', needs('auth.refresh_token', 'state.refresh tokens')),
  async ({ auth, user, state }) => {
    const stored = () => state.find('refresh tokens', { user: user.id });
    const unspent = async () => (await stored()).filter(({ used }) => !used).length;
    const before = await unspent();
    const { body } = await auth.refresh(user.refreshToken);
    expect((await unspent()) - before, 'unspent tokens: a refresh spends one and makes one').toBe(0);
    const all = JSON.stringify(await stored());
    for (const token of [user.refreshToken, body.refresh_token])
      expect(all.includes(token), 'whether a refresh token is stored as it was sent').toBe(false);
    if (isReference) for (const { stored: hash } of await stored()) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  },
);

test(
  'Postgres records why each session ended',
  requirement('AUTH-05', 'AUTH-14', needs('auth', 'started target')),
  async ({ auth, user, signIn, databases, query }) => {
    const stolen = await signIn(user);
    await auth.refresh(stolen.refreshToken);
    await auth.refusal('refresh', { json: { refresh_token: stolen.refreshToken } });
    await auth.logout(user.accessToken);
    for (const [{ accessToken }, why] of [
      [stolen, 'reuse'],
      [user, 'logout'],
    ] as const) {
      const sql = 'SELECT revoked_at IS NOT NULL AS over, revoked_reason FROM sessions WHERE id = $1';
      expect(await query(databases.platform.urls.owner, sql, [claimsOf(accessToken)['sid']])).toEqual([
        { over: true, revoked_reason: why },
      ]);
    }
  },
);
