import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ProblemError } from '../errors/problem.ts';
import { problemResponses } from '../errors/schema.ts';
import { askingRefusals } from '../registry/refusals.ts';
import { registryOf } from '../registry/registry.ts';
import type { Capability, PlatformServices } from '../services.ts';
import { traceCarrier } from '../tracing/jobs.ts';
import { type BatchMetrics, createBatchMetrics } from './metrics.ts';
import { batch, batchRequest, byId, type ItemResult } from './schemas.ts';
import { cancelBatch, findBatch, insertBatch, results } from './store.ts';
import { type BatchWorker, startWorker } from './worker.ts';

/** A thousand items of some kilobytes each. */
const bodyLimit = 8 * 1_024 * 1_024;

const one = (description: string) => ({ description, content: { 'application/json': { schema: batch } } });
const problems = problemResponses({
  401: 'Not signed in',
  404: 'You have no such batch',
  422: 'The id is not a UUID',
});

type Options = PlatformServices & { worker: () => BatchWorker; batchMetrics: BatchMetrics };

/** Many prompts to one registered model, processed in the background. Only its owner can see a batch. */
const batchPlugin: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { auth, config, lifecycle, platform, batchMetrics } = options;
  const { knex } = platform;
  const registry = registryOf(options);
  const shared = { onRequest: auth.requireUser };

  app.post(
    '/api/v1/batches',
    {
      ...shared,
      bodyLimit,
      schema: {
        tags: ['batches'],
        summary: 'Submit a batch',
        operationId: 'submitBatch',
        body: batchRequest(config.BATCH_MAX_ITEMS),
        response: {
          202: one('Accepted: kept, and worked on whatever happens to this instance'),
          ...problemResponses({
            ...askingRefusals,
            422: 'A field is not valid, or two items have one id; `errors` names the item',
          }),
        },
      },
    },
    async ({ body, id: request_id, user: { id: owner } }, reply) => {
      const { name, version, served_id, parameters } = await registry.resolve(body.model, lifecycle.workSignal(reply));
      const model = { name, version, served_id, parameters };
      const submitted = await insertBatch(knex, body.items, { owner, model, request_id, trace: traceCarrier() });
      batchMetrics.batches.inc({ outcome: 'submitted' });
      options.worker().wake();
      return reply.code(202).header('location', `/api/v1/batches/${submitted.id}`).send(submitted);
    },
  );

  app.get(
    '/api/v1/batches/:id',
    {
      ...shared,
      schema: {
        tags: ['batches'],
        summary: 'How far a batch is',
        operationId: 'readBatch',
        params: byId,
        response: { 200: one('The batch'), ...problems },
      },
    },
    async ({ params, user }) => findBatch(knex, params.id, user.id),
  );

  app.post(
    '/api/v1/batches/:id/cancel',
    {
      ...shared,
      schema: {
        tags: ['batches'],
        summary: 'Cancel what is not done yet',
        operationId: 'cancelBatch',
        params: byId,
        response: {
          200: one('The batch, cancelled; results of what was done before are kept'),
          ...problems,
          ...problemResponses({ 409: 'It has finished' }),
        },
      },
    },
    async ({ params: { id }, user }) => {
      const cancelled = await cancelBatch(knex, id, user.id);
      options.worker().abort(id);
      if (cancelled > 0) {
        batchMetrics.items.inc({ outcome: 'cancelled' }, cancelled);
        batchMetrics.batches.inc({ outcome: 'cancelled' });
      }
      return findBatch(knex, id, user.id);
    },
  );

  app.get(
    '/api/v1/batches/:id/results',
    {
      ...shared,
      schema: {
        tags: ['batches'],
        summary: 'The results of a finished batch, one JSON object a line, in the order of submission',
        operationId: 'batchResults',
        params: byId,
        response: {
          200: { description: 'Lines of JSON', content: { 'application/x-ndjson': { schema: z.string() } } },
          ...problems,
          ...problemResponses({ 409: 'It has not finished; see `Retry-After`' }),
        },
      },
    },
    async ({ params: { id }, user }, reply) => {
      const { status } = await findBatch(knex, id, user.id);
      if (status === 'queued' || status === 'running')
        throw new ProblemError('batch_unfinished', `The batch is ${status}.`, { headers: { 'retry-after': '1' } });
      return reply.type('application/x-ndjson').send(Readable.from(lines(results(knex, id))) as unknown as string);
    },
  );
};

async function* lines(items: AsyncIterable<ItemResult>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

export const batchCapability: Capability = async (app, services) => {
  const batchMetrics = createBatchMetrics(services.metrics);
  let worker: BatchWorker | undefined;
  const started = () => {
    worker ??= startWorker(services, batchMetrics, app.log);
    return worker;
  };
  app.addHook('onReady', async () => void started());
  // The worker must stop before what it uses is closed.
  app.addHook('preClose', async () => worker?.stop());
  await app.register(batchPlugin, { ...services, worker: started, batchMetrics });
};
