import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../errors/problem.ts';
import { inTransaction } from '../platform/transaction.ts';
import type { PlatformServices } from '../services.ts';
import { demandStrength } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import { openSession, revokeSession, rotate, sessionOf } from './sessions.ts';
import { invalidToken } from './tokens.ts';
import type { SignedIn } from './types.ts';
import { createUser, publicUser, type User, userByEmail } from './users.ts';

/** Registering, signing in, refreshing and signing out. */
export function createAccounts(app: FastifyInstance, { config, platform }: PlatformServices, passwords: Passwords) {
  const { knex } = platform;
  const { ACCESS_TOKEN_TTL_SECONDS: expires_in, REFRESH_TOKEN_TTL_SECONDS: ttl } = config;

  const answer = (user: User, { sessionId, refreshToken }: { sessionId: string; refreshToken: string }) => ({
    user: publicUser(user),
    access_token: app.jwt.sign({ sub: user.id, sid: sessionId }),
    refresh_token: refreshToken,
    token_type: 'Bearer' as const,
    expires_in,
  });

  const byId = async (id: string): Promise<User> => {
    const user = await knex<User>('users').where({ id }).first();
    if (!user) throw invalidToken('The account of this token is gone.');
    return user;
  };

  return {
    /** @throws ProblemError 409 `email_taken`, 422 `invalid_request` for a weak password */
    async register(given: { email: string; password: string; name?: string | undefined }) {
      demandStrength(given.password, given.email);
      const passwordHash = await passwords.hash(given.password);
      return inTransaction(knex, async (trx) => {
        const user = await createUser(trx, { ...given, name: given.name, passwordHash });
        return answer(user, await openSession(trx, user.id, ttl));
      });
    },

    /** @throws ProblemError 401 `wrong_credentials`, with the same body and timing for an unknown address */
    async login({ email, password }: { email: string; password: string }) {
      const user = await userByEmail(knex, email);
      const right = await passwords.verify(password, user?.password_hash);
      if (!user || !right)
        throw new ProblemError('wrong_credentials', 'There is no account with this e-mail address and password.');
      const renewed = passwords.outdated(user.password_hash) && (await passwords.hash(password));
      return inTransaction(knex, async (trx) => {
        if (renewed) await trx('users').where({ id: user.id }).update({ password_hash: renewed });
        return answer(user, await openSession(trx, user.id, ttl));
      });
    },

    /** @throws ProblemError 401 `invalid_token` */
    async refresh(token: string) {
      const session = await rotate(knex, token, ttl);
      return answer(await byId(session.userId), session);
    },

    /** Ends the session of the access token, and that of the refresh token if it is another one of this user. */
    async logout({ id, sessionId }: SignedIn, refreshToken: string | undefined) {
      await revokeSession(knex, sessionId, 'logout');
      const other = refreshToken && (await sessionOf(knex, refreshToken, id));
      if (other) await revokeSession(knex, other, 'logout');
    },

    me: async (id: string) => publicUser(await byId(id)),
  };
}
