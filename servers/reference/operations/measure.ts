import type { FastifyInstance } from 'fastify';
import { onFinished } from './finished.ts';
import type { Metrics } from './metrics.ts';

/**
 * Counts and times requests by the pattern of their route. With the raw path, the number of time series is unlimited.
 */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request) => {
    // A scrape must not count itself in the gauge.
    if (!request.routeOptions.config.probe) metrics.httpInFlight.inc();
  });
  onFinished(app, ({ request, status, ms }) => {
    if (!request.routeOptions.config.probe) metrics.httpInFlight.dec();
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status };
    metrics.httpDuration.observe(labels, ms / 1_000);
  });
}
