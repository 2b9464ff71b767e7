import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ProblemError } from '../errors/problem.ts';
import { problemResponses } from '../errors/schema.ts';
import type { PlatformServices } from '../services.ts';
import type { Registry } from './registry.ts';
import { etagMatches, etagOf } from './rows.ts';
import { byId, byVersion, listQuery, modelList, type RegisteredModel, registeredModel } from './schemas.ts';
import { unknownId } from './store.ts';

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
const one = { 200: json('The model', registeredModel), 304: z.null().describe('Still as `If-None-Match` has it') };
const problems = problemResponses({
  401: 'Not signed in',
  404: 'No such model',
  422: 'A parameter is not valid; `errors` names it',
});

/** Sends `X-Cache`, and answers 304 if the caller already has this state. */
function answer(reply: FastifyReply, { value, hit }: { value: RegisteredModel; hit: boolean }) {
  const etag = etagOf(value);
  reply.headers({ etag, 'x-cache': hit ? 'HIT' : 'MISS' });
  const known = reply.request.headers['if-none-match'];
  return known !== undefined && etagMatches(known, etag) ? reply.code(304).send() : reply.send(value);
}

/** Reading registered models, for all signed-in users. */
export const readRoutes: FastifyPluginAsyncZod<PlatformServices & { registry: Registry }> = async (app, options) => {
  const { registry, auth } = options;
  const shared = { onRequest: auth.requireUser };

  app.get(
    '/api/v1/models',
    {
      ...shared,
      schema: {
        tags: ['registry'],
        summary: 'List registered models, in the order of their creation',
        operationId: 'listRegisteredModels',
        querystring: listQuery,
        response: { 200: json('A page; `total` counts all pages', modelList), ...withoutMissing(problems) },
      },
    },
    async (request, reply) => {
      const { value, hit } = await registry.list(request.query);
      return reply.header('x-cache', hit ? 'HIT' : 'MISS').send(value as z.output<typeof modelList>);
    },
  );

  app.get(
    '/api/v1/models/:id',
    {
      ...shared,
      schema: {
        tags: ['registry'],
        summary: 'Read a registered model by its id',
        operationId: 'readRegisteredModel',
        params: byId,
        response: { ...one, ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      const { value, hit } = await registry.byId(id);
      if (!value) throw unknownId(id);
      return answer(reply, { value, hit });
    },
  );

  app.get(
    '/api/v1/models/by-name/:name/versions/:version',
    {
      ...shared,
      schema: {
        tags: ['registry'],
        summary: 'Read a version of a model; `latest` is the highest that is not disabled',
        operationId: 'readModelVersion',
        params: byVersion,
        response: { ...one, ...problems },
      },
    },
    async ({ params: { name, version } }, reply) => {
      const { value, hit } = await registry.byVersion(name, version);
      if (!value) throw new ProblemError('not_found', `There is no version ${version} of a model ${name}.`);
      return answer(reply, { value, hit });
    },
  );
};

function withoutMissing<T extends { 404: unknown }>({ 404: _, ...rest }: T): Omit<T, 404> {
  return rest;
}
