import type { FastifyInstance } from 'fastify';

/** One line a finished request. Probes are logged at debug, or they would be most of the log. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const probe = request.routeOptions.config.probe === true;
    request.log[probe ? 'debug' : 'info'](
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request done',
    );
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked again and again by machines: kept out of the log and let through while stopping. */
    probe?: boolean;
  }
}
