import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Knex } from 'knex';
import { ProblemError } from '../errors/problem.ts';
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
    const token = bearerToken(request);
    if (token === undefined) throw notSignedIn();
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
      if (token !== undefined) await signIn(request, token);
    },
  };
}

/** The token of `Authorization: Bearer …`, in whatever case the scheme is written; undefined without one. */
function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

const notSignedIn = () =>
  new ProblemError('not_signed_in', 'Send an access token: Authorization: Bearer <token>.', {
    headers: { 'www-authenticate': 'Bearer realm="plumbline"' },
  });
