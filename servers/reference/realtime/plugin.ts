import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { problemResponses } from '../errors/schema.ts';
import { askingRefusals } from '../registry/refusals.ts';
import { registryOf } from '../registry/registry.ts';
import type { Capability, PlatformServices } from '../services.ts';
import { tenths } from '../tenths.ts';
import { completionOf, promptProblem } from './prompts.ts';
import { inferenceAnswer, inferenceRequest } from './schemas.ts';

const responses = {
  200: { description: 'The answer', content: { 'application/json': { schema: inferenceAnswer } } },
  ...problemResponses({
    ...askingRefusals,
    422: "A field is not valid, or the prompt does not fit the model's context; `errors` names it",
    502: 'The model server answered badly',
    504: 'The model server took too long',
  }),
};

/** One prompt to one registered model, answered at once. */
const realtimePlugin: FastifyPluginAsyncZod<PlatformServices> = async (app, services) => {
  const { auth, config, lifecycle, model } = services;
  const registry = registryOf(services);

  app.post(
    '/api/v1/inference',
    {
      onRequest: auth.requireUser,
      schema: {
        tags: ['inference'],
        summary: 'Run a model',
        operationId: 'infer',
        body: inferenceRequest,
        response: responses,
      },
    },
    async (request, reply) => {
      const { body, trace, user } = request;
      const signal = lifecycle.workSignal(reply);
      const { name, version, served_id, parameters } = await registry.resolve(body.model, signal);
      const completion = await model
        .complete(
          { purpose: 'inference', ...completionOf(body, { served_id, parameters }, config.MODEL_MAX_TOKENS) },
          { signal, trace, requestId: request.id, userId: user.id },
        )
        .catch((error: unknown) => {
          throw promptProblem(error, body);
        });
      return {
        id: randomUUID(),
        model: { name, version, served_id },
        output: completion.text,
        finish_reason: completion.finishReason ?? null,
        usage: completion.usage ?? null,
        latency_ms: tenths(reply.elapsedTime),
        backend: completion.backend,
        trace_id: trace.traceId,
      };
    },
  );
};

export const realtimeCapability: Capability = async (app, services) => {
  await app.register(realtimePlugin, services);
};
