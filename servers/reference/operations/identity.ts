import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Request ids that are safe to log and to echo. */
export const requestIdPattern = /^[A-Za-z0-9_.:@+=-]{1,128}$/;

/** The caller's `X-Request-Id` if it is safe to log and to echo, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
}

/** Echoes the id of every request, and adds it and the trace id to the request's log lines. */
export function identifyRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const ids = { trace_id: request.trace.traceId, span_id: request.trace.spanId };
    request.log = request.log.child(ids);
    reply.log = request.log;
  });
}
