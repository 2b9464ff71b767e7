import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemResponses } from '../errors/schema.ts';
import { limitSignIns } from '../security/limits.ts';
import type { Capability, PlatformServices } from '../services.ts';
import { createAccounts } from './accounts.ts';
import { adminRoutes } from './admin-routes.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { createPasswords } from './passwords.ts';
import { credentials, json, logoutRequest, refreshRequest, registration, signedIn, user } from './schemas.ts';

const malformed = { 400: 'The body is not JSON', 413: 'The body is too large', 415: 'The body is not JSON' };
const invalid = { 422: 'A field is not valid (`errors` names it)' };

/** Accounts, sign-in and sessions. */
export const authCapability: Capability = async (app, services) => {
  const passwords = createPasswords(services.config);
  await ensureFirstAdmin(services.platform.knex, services.config, passwords);
  accountRoutes(app, services, createAccounts(app, services, passwords));
  adminRoutes(app, services);
};

function accountRoutes(
  app: FastifyInstance,
  { auth, config }: PlatformServices,
  accounts: ReturnType<typeof createAccounts>,
): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['auth'];
  const open = { public: true };

  api.post(
    '/api/v1/auth/register',
    {
      config: open,
      schema: {
        tags,
        summary: 'Make an account and sign in',
        operationId: 'register',
        body: registration,
        response: {
          201: json('The account and its first session', signedIn),
          ...problemResponses({ ...malformed, ...invalid, 409: 'The e-mail address is taken' }),
        },
      },
    },
    async (request, reply) => reply.code(201).send(await accounts.register(request.body)),
  );

  api.post(
    '/api/v1/auth/login',
    {
      config: open,
      preHandler: limitSignIns(app, config),
      schema: {
        tags,
        summary: 'Sign in',
        operationId: 'login',
        body: credentials,
        response: {
          200: json('A new session', signedIn),
          ...problemResponses({ ...malformed, ...invalid, 401: 'Wrong e-mail address or password' }),
        },
      },
    },
    async (request) => accounts.login(request.body),
  );

  api.post(
    '/api/v1/auth/refresh',
    {
      config: open,
      schema: {
        tags,
        summary: 'Trade a refresh token for new tokens',
        operationId: 'refresh',
        body: refreshRequest,
        response: {
          200: json('New tokens of the same session', signedIn),
          ...problemResponses({ ...malformed, ...invalid, 401: 'The refresh token is not valid any more' }),
        },
      },
    },
    async (request) => accounts.refresh(request.body.refresh_token),
  );

  api.post(
    '/api/v1/auth/logout',
    {
      preHandler: auth.requireUser,
      schema: {
        tags,
        summary: 'End this session: neither of its tokens is good any more',
        operationId: 'logout',
        body: logoutRequest,
        response: {
          204: z.undefined().describe('The session is over'),
          ...problemResponses({ ...malformed, ...invalid, 401: 'Not signed in' }),
        },
      },
    },
    async (request, reply) => {
      await accounts.logout(request.user, request.body?.refresh_token);
      return reply.code(204).send();
    },
  );

  api.get(
    '/api/v1/auth/me',
    {
      preHandler: auth.requireUser,
      schema: {
        tags,
        summary: 'Whoever is signed in',
        operationId: 'me',
        response: { 200: json('The account', user), ...problemResponses({ 401: 'Not signed in' }) },
      },
    },
    async (request) => accounts.me(request.user.id),
  );
}
