import type { FastifyInstance } from 'fastify';
import { onFinished } from '../operations/finished.ts';
import { tenths } from '../tenths.ts';

/** One line a finished request. Probes are logged at debug, or they would be most of the log. */
export function logRequests(app: FastifyInstance): void {
  onFinished(app, ({ request, status, ms }) => {
    const level = request.routeOptions.config.probe ? 'debug' : 'info';
    const { method, routeOptions } = request;
    request.log[level]({ method, route: routeOptions.url, status, ms: tenths(ms) }, 'request done');
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked again and again by machines: kept out of the log and let through while stopping. */
    probe?: boolean;
  }
}
