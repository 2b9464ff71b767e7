import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Knex } from 'knex';
import { ProblemError } from '../errors/problem.ts';
import { bearerToken, looksLikeJwt } from './bearer.ts';
import { aliveSession } from './sessions.ts';
import { invalidToken, readAccessToken } from './tokens.ts';
import type { Auth } from './types.ts';

/** Hooks that let a request through, or refuse it. */
export function createGuards(app: FastifyInstance, knex: Knex): Omit<Auth, 'audit'> {
  const signIn = async (request: FastifyRequest, token: string): Promise<void> => {
    const { sid, sub } = readAccessToken(app, token);
    const user = await aliveSession(knex, sid, sub);
    if (!user) throw invalidToken('The session of this access token is over.');
    request.user = user;
  };

  const requireUser = async (request: FastifyRequest): Promise<void> => {
    if (request.user) return;
    const token = bearerToken(request);
    const apiKeyAlone = request.apiKey !== undefined && !looksLikeJwt(token ?? '');
    if (token === undefined || apiKeyAlone) throw notSignedIn();
    await signIn(request, token);
  };

  return {
    requireUser,
    async requireAdmin(request) {
      await requireUser(request);
      if (request.user.role !== 'admin') throw new ProblemError('forbidden', 'Only an admin may do this.');
    },
    async acceptUser(request) {
      const token = bearerToken(request);
      // Clients of OpenAI's API always send some key. Where none is required, it is ignored.
      if (!request.user && token !== undefined && looksLikeJwt(token)) await signIn(request, token);
    },
    claimedUser(request) {
      try {
        return readAccessToken(app, bearerToken(request) ?? '').sub;
      } catch {
        return undefined;
      }
    },
  };
}

const notSignedIn = () =>
  new ProblemError('not_signed_in', 'Send an access token: Authorization: Bearer <token>.', {
    headers: { 'www-authenticate': 'Bearer realm="plumbline"' },
  });
