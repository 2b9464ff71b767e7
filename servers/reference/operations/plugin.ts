import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemResponses } from '../errors/schema.ts';
import { tenths } from '../tenths.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Metrics } from './metrics.ts';
import { type Checks, checkDependencies } from './readiness.ts';

type Options = { checks: Checks; metrics: Metrics; lifecycle: Lifecycle };

const status = z.enum(['up', 'degraded', 'down']);
const readiness = z
  .object({
    status: z.enum(['up', 'degraded', 'down', 'stopping']),
    dependencies: z.record(
      z.string(),
      z.object({ status, latency_ms: z.number(), needed: z.boolean(), detail: z.string().optional() }),
    ),
  })
  .meta({ id: 'Readiness' });
const health = z.object({ status: z.literal('ok'), uptime_s: z.number().nonnegative() }).meta({ id: 'Health' });

/** The query parameter of Prometheus's client libraries that selects metrics by name. */
const named = z.object({ 'name[]': z.union([z.string(), z.array(z.string())]).optional() });

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
const text = { description: "Prometheus' text format", content: { 'text/plain': { schema: z.string() } } };

/** Liveness, readiness, metrics and the OpenAPI document. */
export const operationsPlugin: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { metrics, lifecycle } = options;
  const probe = { probe: true };
  const { 500: failure } = problemResponses({});

  app.get(
    '/health',
    {
      config: probe,
      schema: { tags: ['operations'], operationId: 'health', response: { 200: json('Alive', health), 500: failure } },
    },
    async () => ({ status: 'ok' as const, uptime_s: tenths(process.uptime()) }),
  );

  app.get(
    '/ready',
    {
      config: probe,
      schema: {
        tags: ['operations'],
        operationId: 'ready',
        response: {
          200: json('Every needed dependency works', readiness),
          500: failure,
          503: json('A needed dependency is down, or the service is stopping', readiness),
        },
      },
    },
    async (_request, reply) => {
      const dependencies = await checkDependencies(options.checks);
      const worst = worstOf(dependencies);
      const ready = !lifecycle.stopping && worst !== 'down';
      if (!ready) reply.header('retry-after', '1');
      return reply.code(ready ? 200 : 503).send({ status: lifecycle.stopping ? 'stopping' : worst, dependencies });
    },
  );

  app.get(
    '/metrics',
    {
      config: probe,
      schema: {
        tags: ['operations'],
        operationId: 'metrics',
        querystring: named,
        response: { 200: text, 500: failure },
      },
    },
    async ({ query: { 'name[]': names } }, reply) =>
      reply.type(metrics.registry.contentType).send(await textOf(metrics, names)),
  );

  // Generated once, because it is slow and routes do not change after the first request.
  let document: string | undefined;
  app.get('/openapi.json', { config: probe, schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.type('application/json; charset=utf-8').send(document);
  });
};

async function textOf({ registry }: Metrics, names: string | string[] | undefined): Promise<string> {
  if (names === undefined) return registry.metrics();
  const wanted = registry.getMetricsAsArray().filter(({ name }) => [names].flat().includes(name));
  const texts = await Promise.all(wanted.map(({ name }) => registry.getSingleMetricAsString(name)));
  return `${texts.join('\n\n')}\n`;
}

function worstOf(dependencies: Record<string, { status: z.output<typeof status>; needed: boolean }>) {
  const all = Object.values(dependencies);
  if (all.some((dependency) => dependency.needed && dependency.status === 'down')) return 'down';
  return all.every((dependency) => dependency.status === 'up') ? 'up' : 'degraded';
}
