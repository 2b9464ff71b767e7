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

/** Security headers for browsers, and CORS for the allowed origins. */
export async function instructBrowsers(app: FastifyInstance, { CORS_ORIGINS: origins }: Config): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    frameguard: { action: 'deny' },
  });
  if (origins.length === 0) return;
  await app.register(cors, {
    // Other requests continue. Without the CORS header, the browser hides the answer from the page.
    delegator: async (request: FastifyRequest) => ({
      origin: mayAsk(request, origins) ? (request.headers.origin ?? false) : false,
      methods,
      allowedHeaders,
      exposedHeaders,
      maxAge: 600,
    }),
  });
}

/** Whether CORS applies: the origin is allowed, and an OPTIONS request must be a preflight. */
function mayAsk({ method, headers }: FastifyRequest, origins: readonly string[]): boolean {
  const preflight = headers['access-control-request-method'] !== undefined;
  return origins.includes(headers.origin ?? '') && (method !== 'OPTIONS' || preflight);
}
