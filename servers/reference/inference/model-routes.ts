import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Auth } from '../auth/types.ts';
import type { BackendPool } from '../backends/pool.ts';
import type { Config } from '../config.ts';
import type { Lifecycle } from '../operations/lifecycle.ts';
import { openAiFailures } from './errors.ts';
import { allModels, changeModel, oneModel } from './models.ts';
import { modelAnswer, modelsAnswer } from './schemas.ts';

type Options = { config: Config; backends: BackendPool; lifecycle: Lifecycle; auth: Auth | undefined };

const params = z.object({ id: z.string().min(1).max(256) });
const broken = { 502: 'The model server answered badly', 504: 'The model server took too long' };
const unknown = { 404: 'There is no such model; `error.message` lists those there are' };
const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

/** Listing, loading and unloading models. */
export const modelRoutes: FastifyPluginAsyncZod<Options> = async (app, { config, backends, lifecycle, auth }) => {
  const signalOf = (reply: FastifyReply) =>
    AbortSignal.any([lifecycle.workSignal(reply), AbortSignal.timeout(config.MODEL_TIMEOUT_MS)]);

  app.get(
    '/v1/models',
    {
      schema: {
        tags: ['models'],
        summary: 'The models of all backends, with their states where a backend tells them',
        operationId: 'listModels',
        response: { 200: json('Every model', modelsAnswer), ...openAiFailures(broken) },
      },
    },
    async (_request, reply) => ({ object: 'list' as const, data: await allModels(backends.all, signalOf(reply)) }),
  );

  app.get(
    '/v1/models/:id',
    {
      schema: {
        tags: ['models'],
        summary: 'One model',
        operationId: 'readModel',
        params,
        response: {
          200: json('The model', modelAnswer),
          ...openAiFailures({ ...unknown, ...broken, 400: 'The id is too long' }),
        },
      },
    },
    async ({ params: { id } }, reply) => oneModel(id, backends.all, signalOf(reply)),
  );

  for (const verb of ['load', 'unload'] as const)
    app.post(
      `/v1/models/:id/${verb}`,
      {
        ...(auth ? { onRequest: auth.requireAdmin } : {}),
        schema: {
          tags: ['models'],
          summary: verb === 'load' ? 'Get a model into memory' : 'Take a model out of memory, its work done',
          operationId: `${verb}Model`,
          params,
          response: {
            200: json('The model as it is now', modelAnswer),
            ...openAiFailures({
              ...unknown,
              ...broken,
              400: 'The request could not be read',
              403: 'Not an admin',
              501: 'The model server cannot do that',
            }),
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const model = await changeModel(id, verb, backends.all, signalOf(reply));
        await auth?.audit(request, `model.${verb}`, id);
        return model;
      },
    );
};
