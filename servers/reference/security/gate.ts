import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Auth } from '../auth/types.ts';
import { ProblemError } from '../errors/problem.ts';
import { describeGuard } from './openapi.ts';

/**
 * Requires an API key or a valid access token for all paths, unknown ones included. Only probes and routes with
 * `config: { public: true }` are open. Register before the routes.
 */
export function guardGate(app: FastifyInstance, auth: Auth | undefined): void {
  app.addHook('onRoute', (route) => {
    const { probe, public: open } = route.config ?? {};
    if (!probe && !open) describeGuard(route, ['apiKey', 'accessToken'], { 401: 'No API key and no access token' });
  });
  app.addHook('onRequest', async function guard(request, reply) {
    const { probe, public: open } = request.routeOptions.config;
    if (probe || open || request.apiKey !== undefined) return;
    if (auth) await auth.acceptUser.call(this, request, reply);
    if (!request.user) throw keyNeeded(request);
  });
}

const keyNeeded = (request: FastifyRequest): ProblemError => {
  const given = request.headers['x-api-key'] !== undefined || request.headers.authorization !== undefined;
  const headers = { 'www-authenticate': 'Bearer realm="plumbline"' };
  return given
    ? new ProblemError('invalid_api_key', 'The API key is not one of ours.', { headers })
    : new ProblemError('api_key_needed', 'Send an API key: Authorization: Bearer <key>, or X-API-Key: <key>.', {
        headers,
      });
};
