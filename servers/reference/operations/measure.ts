import type { FastifyInstance } from 'fastify';
import { onFinished } from './finished.ts';
import type { Metrics } from './metrics.ts';

/** Counts and times every request by its route's pattern, never by its raw path, whose values have no end. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request) => {
    // The scrape that reads the gauge is not to count itself.
    if (!request.routeOptions.config.probe) metrics.httpInFlight.inc();
  });
  onFinished(app, ({ request, status, ms }) => {
    if (!request.routeOptions.config.probe) metrics.httpInFlight.dec();
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status };
    metrics.httpDuration.observe(labels, ms / 1_000);
  });
}
