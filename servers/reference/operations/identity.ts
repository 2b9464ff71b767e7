import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What may be logged and echoed without harm. */
export const requestIdPattern = /^[A-Za-z0-9_.:@+=-]{1,128}$/;

/** The caller's `X-Request-Id` where it is harmless to log and echo, else a fresh one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
}

/** Echoes every request's id, and puts it and its trace on each of its log lines. */
export function identifyRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const ids = { trace_id: request.trace.traceId, span_id: request.trace.spanId };
    request.log = request.log.child(ids);
    reply.log = request.log;
  });
}
