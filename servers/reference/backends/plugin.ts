import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Auth } from '../auth/types.ts';
import { problemResponses } from '../errors/schema.ts';
import type { Backend } from './backend.ts';
import type { BackendPool } from './pool.ts';

type Options = { backends: BackendPool; auth: Auth | undefined };

const count = z.number().int().nonnegative();
const backendList = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        state: z.enum(['closed', 'open', 'half-open']).describe('Of its circuit breaker'),
        healthy: z.boolean().describe('Whether it answered its last probe'),
        checked_at: z.iso.datetime().nullable().describe('When that was; null before the first'),
        detail: z.string().nullable().describe('What was wrong then'),
        in_flight: count,
        served: count,
        failed: count,
        abandoned: count.describe('Calls whose caller went away; no breaker counts them'),
        retry_after_ms: count.describe('Until an open breaker lets a call try'),
      }),
    ),
    total: count,
  })
  .meta({ id: 'Backends' });

/** The model backends, as the service sees them. */
export const backendsPlugin: FastifyPluginAsyncZod<Options> = async (app, { backends, auth }) => {
  app.get(
    '/api/v1/backends',
    {
      ...(auth ? { onRequest: auth.requireAdmin } : {}),
      schema: {
        tags: ['backends'],
        summary: 'The model backends, their breakers and their health',
        operationId: 'listBackends',
        response: {
          200: { description: 'Every backend', content: { 'application/json': { schema: backendList } } },
          ...problemResponses({ 401: 'Not signed in', 403: 'Not an admin' }),
        },
      },
    },
    async () => ({ items: backends.all.map(view), total: backends.all.length }),
  );
};

const view = ({ id, breaker, health, counts }: Backend) => ({
  id,
  state: breaker.state(),
  healthy: health.healthy,
  checked_at: health.checkedAt?.toISOString() ?? null,
  detail: health.detail,
  in_flight: counts.inFlight,
  served: counts.served,
  failed: counts.failed,
  abandoned: counts.abandoned,
  retry_after_ms: Math.ceil(breaker.waitMs()),
});
