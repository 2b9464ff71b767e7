import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemResponses } from '../errors/schema.ts';
import { inTransaction } from '../platform/transaction.ts';
import type { PlatformServices } from '../services.ts';
import type { Registry } from './registry.ts';
import { etagOf } from './rows.ts';
import { byId, modelBody, modelPatch, type RegisteredModel, registeredModel } from './schemas.ts';
import { requireServed } from './served.ts';
import { findById, insert, remove, update } from './store.ts';

const model = (description: string) => ({
  description,
  content: { 'application/json': { schema: registeredModel } },
});
const problems = problemResponses({
  400: 'The body is not JSON',
  401: 'Not signed in',
  403: 'Not an admin',
  409: 'The name has that version already',
  413: 'The body is too large',
  415: 'The body is not application/json',
  422: 'A field is not valid, or nobody serves `served_id`; `errors` names it',
});
const changeProblems = problemResponses({ 404: 'No such model', 412: 'The model has changed; see `If-Match`' });

/** Changing registered models, for admins. Each write is audited in its own transaction. */
export const writeRoutes: FastifyPluginAsyncZod<PlatformServices & { registry: Registry }> = async (app, options) => {
  const { registry, auth, lifecycle, platform } = options;
  const shared = { onRequest: auth.requireAdmin };

  const written = async (reply: FastifyReply, status: number, value: RegisteredModel) => {
    await registry.invalidate();
    return reply.code(status).header('etag', etagOf(value)).send(value);
  };

  app.post(
    '/api/v1/models',
    {
      ...shared,
      schema: {
        tags: ['registry'],
        summary: 'Register a version of a model',
        operationId: 'registerModel',
        body: modelBody,
        response: { 201: model('Registered'), ...problems },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (body.status !== 'disabled') await requireServed(options.model, body.served_id, lifecycle.workSignal(reply));
      const created = await inTransaction(platform.knex, async (trx) => {
        const created = await insert(trx, body);
        await auth.audit(request, 'model.create', created.id, { name: body.name, version: body.version }, trx);
        return created;
      });
      reply.header('location', `/api/v1/models/${created.id}`);
      return written(reply, 201, created);
    },
  );

  for (const [method, body, summary] of [
    ['PUT', modelBody, 'Replace a registered model'],
    ['PATCH', modelPatch, 'Change some fields of a registered model'],
  ] as const) {
    app.route({
      method,
      url: '/api/v1/models/:id',
      ...shared,
      schema: {
        tags: ['registry'],
        summary,
        operationId: method === 'PUT' ? 'replaceRegisteredModel' : 'changeRegisteredModel',
        params: byId,
        body,
        response: { 200: model('Changed'), ...problems, ...changeProblems },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        const current = await findById(platform.knex, id);
        const next = current && ({ ...current, ...request.body } as RegisteredModel);
        // A change of descriptions is possible while the model server is down.
        const serves = request.body.served_id !== undefined || request.body.status !== undefined;
        if (next && serves && next.status !== 'disabled')
          await requireServed(options.model, next.served_id, lifecycle.workSignal(reply));
        const changed = await inTransaction(platform.knex, async (trx) => {
          const changed = await update(trx, id, request.headers['if-match'], request.body);
          await auth.audit(request, 'model.update', id, { fields: Object.keys(request.body) }, trx);
          return changed;
        });
        return written(reply, 200, changed);
      },
    });
  }

  app.delete(
    '/api/v1/models/:id',
    {
      ...shared,
      schema: {
        tags: ['registry'],
        summary: 'Remove a registered model',
        operationId: 'removeRegisteredModel',
        params: byId,
        response: {
          204: z.null().describe('Removed'),
          ...problemResponses({ 401: 'Not signed in', 403: 'Not an admin', 422: 'The id is not a UUID' }),
          ...changeProblems,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await inTransaction(platform.knex, async (trx) => {
        const { name, version } = await remove(trx, id, request.headers['if-match']);
        await auth.audit(request, 'model.delete', id, { name, version }, trx);
      });
      await registry.invalidate();
      return reply.code(204).send(null);
    },
  );
};
