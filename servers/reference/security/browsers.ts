import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';

const exposedHeaders = [
  'X-Request-Id',
  'X-Cache',
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];
const allowedHeaders = ['Authorization', 'Content-Type', 'If-Match', 'X-Api-Key', 'X-Request-Id', 'Traceparent'];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What browsers are told: that nothing here is a page, and which other pages may ask. */
export async function instructBrowsers(app: FastifyInstance, { CORS_ORIGINS: origins }: Config): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    frameguard: { action: 'deny' },
  });
  if (origins.length === 0) return;
  await app.register(cors, {
    // Anything else goes on: without the header, the browser keeps the answer from the page.
    delegator: async (request: FastifyRequest) => ({
      origin: mayAsk(request, origins) ? (request.headers.origin ?? false) : false,
      methods,
      allowedHeaders,
      exposedHeaders,
      maxAge: 600,
    }),
  });
}

/** Whether the page may ask; an OPTIONS that is no preflight is a request like any other. */
function mayAsk({ method, headers }: FastifyRequest, origins: readonly string[]): boolean {
  const preflight = headers['access-control-request-method'] !== undefined;
  return origins.includes(headers.origin ?? '') && (method !== 'OPTIONS' || preflight);
}
