import type { FastifyInstance } from 'fastify';
import { onFinished } from '../operations/finished.ts';
import { tenths } from '../tenths.ts';

/** Logs one line for each finished request. Probes are logged at debug, because they would be most of the log. */
export function logRequests(app: FastifyInstance): void {
  onFinished(app, ({ request, status, ms }) => {
    const level = request.routeOptions.config.probe ? 'debug' : 'info';
    const { method, routeOptions } = request;
    request.log[level]({ method, route: routeOptions.url, status, ms: tenths(ms) }, 'request done');
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A probe: logged only at debug, and answered while stopping. */
    probe?: boolean;
  }
}
