import { claimsOf, expect, forgeToken, needs, requirement, test } from '../../fixtures/index.ts';

const nowSeconds = () => Math.floor(Date.now() / 1_000);

test(
  'an access token holds the user, the session and the expiry, and nothing else',
  requirement('AUTH-11', needs('auth', 'started target')),
  async ({ user }) => {
    const { sub, sid, iat, exp, iss, aud, ...rest } = claimsOf(user.accessToken);
    expect(sub).toBe(user.id);
    expect(sid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(exp) - Number(iat)).toBe(900);
    expect([iss, aud]).toEqual(['plumbline-reference', 'plumbline-api']);
    expect(rest).toEqual({});
  },
);

test(
  'an access token that is signed again with the right secret is accepted',
  requirement('AUTH-03', needs('auth', 'started target')),
  async ({ auth, user }) => {
    const { body } = await auth.me(forgeToken(user.accessToken, { claims: { iat: nowSeconds() - 1 } }));
    expect(body.id).toBe(user.id);
  },
);

// Each forgery differs in one respect from the token above, which is accepted.
const forgeries: {
  what: string;
  forge: Parameters<typeof forgeToken>[1] | (() => Parameters<typeof forgeToken>[1]);
}[] = [
  { what: 'that expired a second ago', forge: () => ({ claims: { iat: nowSeconds() - 901, exp: nowSeconds() - 1 } }) },
  { what: 'that is not valid yet', forge: () => ({ claims: { nbf: nowSeconds() + 3_600 } }) },
  { what: 'without an expiry', forge: { claims: { exp: undefined } } },
  { what: 'from another issuer', forge: { claims: { iss: 'somebody-else' } } },
  { what: 'for another audience', forge: { claims: { aud: 'another-api' } } },
  { what: 'without an issuer', forge: { claims: { iss: undefined } } },
  { what: 'without an audience', forge: { claims: { aud: undefined } } },
  { what: 'without a session', forge: { claims: { sid: undefined } } },
  { what: 'of a session that does not exist', forge: { claims: { sid: '00000000-0000-4000-8000-000000000000' } } },
  { what: 'whose session is not a UUID', forge: { claims: { sid: "' OR true --" } } },
  {
    what: 'with another payload under the old signature',
    forge: { claims: { exp: 4_102_444_800 }, keepSignature: true },
  },
  { what: 'signed by another key', forge: { key: 'foreign' } },
  { what: 'signed by an empty key', forge: { key: 'empty' } },
  { what: 'signed with HS384 and the right secret', forge: { header: { alg: 'HS384' } } },
  { what: 'signed with HS512 and the right secret', forge: { header: { alg: 'HS512' } } },
  { what: 'signed with RS256', forge: { key: 'rsa' } },
  { what: 'with alg none and no signature', forge: { key: 'none' } },
  { what: 'with alg NONE and no signature', forge: { key: 'none', header: { alg: 'NONE' } } },
  { what: 'with alg none and the right signature', forge: { header: { alg: 'none' }, keepSignature: true } },
  { what: 'without an algorithm', forge: { header: { alg: undefined }, keepSignature: true } },
];
for (const { what, forge } of forgeries) {
  test(
    `an access token ${what} is refused with 401`,
    requirement('AUTH-11', needs('auth', 'started target')),
    async ({ auth, user }) => {
      const token = forgeToken(user.accessToken, typeof forge === 'function' ? forge() : forge);
      const answer = await auth.refusal('me', { headers: { authorization: `Bearer ${token}` } });
      expect(answer).toBeProblem(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
      expect((await auth.me(user.accessToken)).status).toBe(200);
    },
  );
}

test(
  'an access token that names another user for its session is refused with 401',
  requirement('AUTH-11', needs('auth', 'started target')),
  async ({ auth, user, admin, _started: _ }) => {
    const token = forgeToken(user.accessToken, { claims: { sub: admin.id } });
    expect(await auth.refusal('me', { headers: { authorization: `Bearer ${token}` } })).toBeProblem(401);
  },
);

for (const { what, authorization } of [
  { what: 'no scheme', authorization: 'TOKEN' },
  { what: 'another scheme', authorization: 'Basic TOKEN' },
  { what: 'no token', authorization: 'Bearer' },
  { what: 'two tokens', authorization: 'Bearer TOKEN TOKEN' },
  { what: 'a tab between scheme and token', authorization: 'Bearer\tTOKEN' },
  { what: 'half a token', authorization: 'Bearer HALF' },
  { what: 'a comma after the token', authorization: 'Bearer TOKEN,' },
])
  test(
    `an Authorization header with ${what} is refused with 401`,
    requirement('AUTH-11', needs('auth.refusals')),
    async ({ auth, user }) => {
      const { accessToken } = user;
      const header = authorization
        .replaceAll('TOKEN', accessToken)
        .replace('HALF', accessToken.slice(0, accessToken.length / 2));
      expect(await auth.refusal('me', { headers: { authorization: header } })).toBeProblem(401);
    },
  );

test(
  'after the access token expires, the refresh token still gets new tokens',
  requirement('RES-10', 'AUTH-04', 'AUTH-11', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, authClientFor, signUp }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const { http } = clientsFor(await startOwnTarget({ platform, settings: { 'access token lifetime': 1_000 } }));
    const [auth, user] = [authClientFor(http), await signUp({}, http)];
    await expect
      .poll(async () => (await auth.answer('me', { headers: user.headers })).status, {
        timeout: 5_000,
      })
      .toBe(401);
    expect((await auth.refusal('me', { headers: user.headers })).body.detail).toMatch(/expired/);
    const { body } = await auth.refresh(user.refreshToken);
    expect(body.expires_in).toBe(1);
    expect((await auth.me(body.access_token)).body.id).toBe(user.id);
  },
);

test(
  'an expired refresh token is refused with 401',
  requirement('AUTH-04', 'AUTH-11', needs('auth', 'started target')),
  async ({ auth, user, databases, query }) => {
    const [row] = await query(
      databases.platform.urls.owner,
      `UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE session_id = $1
       RETURNING extract(epoch FROM now() - created_at) < 60 AS young`,
      [claimsOf(user.accessToken)['sid']],
    );
    expect(row).toEqual({ young: true });
    expect(await auth.refusal('refresh', { json: { refresh_token: user.refreshToken } })).toBeProblem(401);
  },
);
