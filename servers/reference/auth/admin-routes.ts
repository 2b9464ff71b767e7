import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { problemResponses } from '../errors/schema.ts';
import type { PlatformServices } from '../services.ts';
import { changeRole, listAudit, listUsers } from './admin.ts';
import { auditPage, auditQuery, json, paging, roleChange, user, userId, userPage } from './schemas.ts';

/** What admins see and change. */
export function adminRoutes(app: FastifyInstance, { auth, platform: { knex } }: PlatformServices): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const shared = { onRequest: auth.requireAdmin };
  const tags = ['admin'];
  const invalid = { 422: 'A field is not valid (`errors` names it)' };

  api.get(
    '/api/v1/admin/users',
    {
      ...shared,
      schema: {
        tags,
        summary: 'Every account',
        operationId: 'listUsers',
        querystring: paging,
        response: { 200: json('One page, the oldest first', userPage), ...problemResponses(invalid) },
      },
    },
    async (request) => listUsers(knex, request.query),
  );

  api.patch(
    '/api/v1/admin/users/:id',
    {
      ...shared,
      schema: {
        tags,
        summary: 'Give a user another role',
        operationId: 'changeRole',
        params: userId,
        body: roleChange,
        response: {
          200: json('The account as it is now', user),
          ...problemResponses({
            ...invalid,
            400: 'The body is not JSON',
            404: 'No such user',
            409: 'Nobody would be left who is an admin',
            413: 'The body is too large',
            415: 'The body is not application/json',
          }),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { role } = request.body;
      return changeRole(knex, id, role, (before, trx) =>
        auth.audit(request, 'user.role', id, { from: before, to: role }, trx),
      );
    },
  );

  api.get(
    '/api/v1/admin/audit',
    {
      ...shared,
      schema: {
        tags,
        summary: 'What admins did',
        operationId: 'listAudit',
        querystring: auditQuery,
        response: { 200: json('One page, the latest first', auditPage), ...problemResponses(invalid) },
      },
    },
    async (request) => listAudit(knex, request.query),
  );
}
