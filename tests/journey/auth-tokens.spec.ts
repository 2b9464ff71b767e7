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

type Forge = Parameters<typeof forgeToken>[1];

/** What nobody can sign who does not know the key: every service that issues JSON web tokens refuses it. */
const unsigned: { what: string; forge: Forge }[] = [
  {
    what: 'with another payload under the old signature',
    forge: { claims: { exp: 4_102_444_800 }, keepSignature: true },
  },
  { what: 'signed by another key', forge: { key: 'foreign' } },
  { what: 'signed by an empty key', forge: { key: 'empty' } },
  { what: 'signed with RS256', forge: { key: 'rsa' } },
  { what: 'with alg none and no signature', forge: { key: 'none' } },
  { what: 'with alg NONE and no signature', forge: { key: 'none', header: { alg: 'NONE' } } },
  // The signature is one of the header, too, so it is none of a token with another header.
  { what: 'with alg none and the right signature', forge: { header: { alg: 'none' }, keepSignature: true } },
  { what: 'without an algorithm', forge: { header: { alg: undefined }, keepSignature: true } },
];
for (const { what, forge } of unsigned)
  test(`an access token ${what} is refused`, requirement('AUTH-11', needs('auth.jwt')), async ({ auth, user }) => {
    const token = forgeToken(user.accessToken, forge);
    const answer = await auth.refused('me', { headers: { authorization: `Bearer ${token}` } });
    expect(answer).toBeRefused(401);
    if (answer.exact) expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
    expect((await auth.me(user.accessToken)).body.id).toBe(user.id);
  });

test(
  'an access token that is signed again with the right key is accepted, and refused once it has expired',
  requirement('AUTH-03', 'AUTH-11', needs('auth.jwt', 'signing key')),
  async ({ auth, user, signingKey }) => {
    const forged = (claims: Record<string, unknown>) => forgeToken(user.accessToken, { claims, secret: signingKey });
    expect((await auth.me(forged({ iat: nowSeconds() - 1 }))).body.id).toBe(user.id);
    const expired = forged({ iat: nowSeconds() - 901, exp: nowSeconds() - 120 });
    expect(await auth.refused('me', { headers: { authorization: `Bearer ${expired}` } })).toBeRefused(401);
  },
);

/**
 * What the holder of the key must not get accepted either, each different in one respect from a token that is: asked of
 * services that refuse strictly (part `refusals`), and of those only whose tokens have the claim.
 */
const forgeries: { what: string; claim: string; forge: Forge | (() => Forge) }[] = [
  {
    what: 'that expired a second ago',
    claim: 'exp',
    forge: () => ({ claims: { iat: nowSeconds() - 901, exp: nowSeconds() - 1 } }),
  },
  { what: 'that is not valid yet', claim: 'exp', forge: () => ({ claims: { nbf: nowSeconds() + 3_600 } }) },
  { what: 'without an expiry', claim: 'exp', forge: { claims: { exp: undefined } } },
  { what: 'from another issuer', claim: 'iss', forge: { claims: { iss: 'somebody-else' } } },
  { what: 'for another audience', claim: 'aud', forge: { claims: { aud: 'another-api' } } },
  { what: 'without an issuer', claim: 'iss', forge: { claims: { iss: undefined } } },
  { what: 'without an audience', claim: 'aud', forge: { claims: { aud: undefined } } },
  { what: 'without a session', claim: 'sid', forge: { claims: { sid: undefined } } },
  {
    what: 'of a session that does not exist',
    claim: 'sid',
    forge: { claims: { sid: '00000000-0000-4000-8000-000000000000' } },
  },
  { what: 'whose session is not a UUID', claim: 'sid', forge: { claims: { sid: "' OR true --" } } },
  { what: 'signed with HS384 and the right secret', claim: 'exp', forge: { header: { alg: 'HS384' } } },
  { what: 'signed with HS512 and the right secret', claim: 'exp', forge: { header: { alg: 'HS512' } } },
];
for (const { what, claim, forge } of forgeries) {
  test(
    `an access token ${what} is refused with 401`,
    requirement('AUTH-11', needs('auth.refusals', 'auth.jwt', 'signing key')),
    async ({ auth, user, signingKey }) => {
      test.skip(!(claim in claimsOf(user.accessToken)), `needs the claim ${claim}: the access tokens have none`);
      const change = typeof forge === 'function' ? forge() : forge;
      const token = forgeToken(user.accessToken, { secret: signingKey, ...change });
      const answer = await auth.refusal('me', { headers: { authorization: `Bearer ${token}` } });
      expect(answer).toBeProblem(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
      expect((await auth.me(user.accessToken)).status).toBe(200);
    },
  );
}

test(
  'an access token that names another user for its session is refused with 401',
  requirement('AUTH-11', needs('auth.refusals', 'auth.jwt', 'auth.admin', 'signing key')),
  async ({ auth, user, admin, signingKey }) => {
    test.skip(!('sid' in claimsOf(user.accessToken)), 'needs the claim sid: the access tokens name no session');
    const token = forgeToken(user.accessToken, { claims: { sub: admin.id }, secret: signingKey });
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
    const { http } = clientsFor(await startOwnTarget({ platform, env: { ACCESS_TOKEN_TTL_SECONDS: '1' } }));
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
