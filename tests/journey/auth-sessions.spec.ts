import { claimsOf, expect, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('sessions', needs('auth.refusals'), () => {
  test('a refresh token buys new tokens of the same session', requirement('AUTH-04'), async ({ auth, user }) => {
    const { status, body } = await auth.refresh(user.refreshToken);
    expect(status).toBe(200);
    expect(body.user.id).toBe(user.id);
    expect(body.refresh_token).not.toBe(user.refreshToken);
    expect((await auth.me(body.access_token)).body.id).toBe(user.id);
    // The access token of before is not spent by it.
    expect((await auth.me(user.accessToken)).body.id).toBe(user.id);
    expect((await auth.refresh(body.refresh_token)).status).toBe(200);
  });

  for (const what of ['not-a-token', 'x'.repeat(500), 'ä\u{1F600}'] as const)
    test(`a made-up refresh token is refused (${what.slice(0, 12)})`, requirement('AUTH-04'), async ({ auth }) => {
      expect(await auth.refusal('refresh', { json: { refresh_token: what } })).toBeProblem(401, 'refresh token');
    });

  test(
    'an access token is no refresh token, nor the other way round',
    requirement('AUTH-04', 'AUTH-11'),
    async ({ auth, user }) => {
      const asRefresh = await auth.refusal('refresh', { json: { refresh_token: user.accessToken.slice(0, 500) } });
      expect(asRefresh).toBeProblem(401);
      const asAccess = await auth.refusal('me', { headers: { authorization: `Bearer ${user.refreshToken}` } });
      expect(asAccess).toBeProblem(401);
    },
  );

  test('after logout neither token opens anything', requirement('AUTH-05', 'AUTH-06'), async ({ auth, user }) => {
    await auth.logout(user.accessToken);
    expect(await auth.refusal('me', { headers: user.headers })).toBeProblem(401);
    expect(await auth.refusal('logout', { headers: user.headers })).toBeProblem(401);
    expect(await auth.refusal('refresh', { json: { refresh_token: user.refreshToken } })).toBeProblem(401);
    expect((await auth.login(user)).status).toBe(200);
  });

  test('logout after a refresh ends the tokens of before, too', requirement('AUTH-06'), async ({ auth, user }) => {
    const { body } = await auth.refresh(user.refreshToken);
    await auth.logout(body.access_token);
    for (const accessToken of [user.accessToken, body.access_token])
      expect(await auth.refusal('me', { headers: { authorization: `Bearer ${accessToken}` } })).toBeProblem(401);
    expect(await auth.refusal('refresh', { json: { refresh_token: body.refresh_token } })).toBeProblem(401);
  });

  test("one session's logout leaves another's alive", requirement('AUTH-13'), async ({ auth, user, signIn }) => {
    const other = await signIn(user);
    await auth.logout(user.accessToken);
    expect((await auth.me(other.accessToken)).body.id).toBe(user.id);
    expect((await auth.refresh(other.refreshToken)).status).toBe(200);
  });

  test(
    'logout with the refresh token of another session ends that one, too',
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
      // Whoever holds the newer token may be the thief: it is refused as well, and so are the access tokens.
      expect(await auth.refusal('refresh', { json: { refresh_token: body.refresh_token } })).toBeProblem(401);
      for (const token of [user.accessToken, body.access_token])
        expect(await auth.refusal('me', { headers: { authorization: `Bearer ${token}` } })).toBeProblem(401);
      expect((await auth.me(other.accessToken)).status).toBe(200);
    },
  );

  test(
    'of many that use one refresh token at once, at most one gets new tokens',
    requirement('AUTH-14'),
    async ({ auth, user }) => {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => auth.answer('refresh', { json: { refresh_token: user.refreshToken } })),
      );
      expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
      expect(await auth.refusal('me', { headers: user.headers })).toBeProblem(401);
    },
  );
});

test(
  'of two that are under way with one refresh token, one gets new tokens, and the family ends',
  requirement('AUTH-14', needs('auth', 'started target')),
  async ({ auth, user, databases, holdRows }) => {
    const session = [claimsOf(user.accessToken)['sid']];
    const held = await holdRows(
      databases.platform.urls.owner,
      'SELECT id FROM sessions WHERE id = $1 FOR UPDATE',
      session,
    );
    const use = () => auth.answer('refresh', { json: { refresh_token: user.refreshToken } });
    const both = Promise.all([use(), use()]);
    await expect.poll(held.waiting, 'both are under way').toBe(2);
    await held.release();
    expect((await both).map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await auth.refusal('me', { headers: user.headers })).toBeProblem(401);
  },
);

test(
  'Postgres has the session and no token in the clear; its end is written down once',
  requirement('AUTH-05', 'AUTH-14', needs('auth', 'started target')),
  async ({ auth, user, signIn, databases, query }) => {
    const rows = (sql: string, values: unknown[]) => query(databases.platform.urls.owner, sql, values);
    const stolen = await signIn(user);
    const { body } = await auth.refresh(stolen.refreshToken);
    await auth.refusal('refresh', { json: { refresh_token: stolen.refreshToken } });
    await auth.logout(user.accessToken);

    const ends = 'SELECT revoked_at IS NOT NULL AS over, revoked_reason FROM sessions WHERE id = $1';
    expect(await rows(ends, [claimsOf(stolen.accessToken)['sid']])).toEqual([{ over: true, revoked_reason: 'reuse' }]);
    expect(await rows(ends, [claimsOf(user.accessToken)['sid']])).toEqual([{ over: true, revoked_reason: 'logout' }]);

    const tokens = await rows(
      `SELECT encode(token_hash, 'hex') AS hash, used_at IS NOT NULL AS used FROM refresh_tokens WHERE session_id = $1
       ORDER BY created_at`,
      [claimsOf(stolen.accessToken)['sid']],
    );
    expect(tokens.map(({ used }) => used)).toEqual([true, false]);
    for (const { hash } of tokens) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const everything = JSON.stringify(
      await rows(
        `SELECT row_to_json(t)::text || row_to_json(s)::text AS row FROM refresh_tokens t JOIN sessions s ON s.id = session_id
         WHERE user_id = $1`,
        [user.id],
      ),
    );
    for (const token of [user, stolen].map(({ refreshToken }) => refreshToken).concat(body.refresh_token))
      expect(everything).not.toContain(token);
  },
);
