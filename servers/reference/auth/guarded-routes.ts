import type { FastifyInstance } from 'fastify';
import { describeGuard } from '../security/openapi.ts';
import type { Auth } from './types.ts';

/**
 * Runs the guard of a route before the body is read or validated, and documents the guard's demands in OpenAPI. Call it
 * before the routes are registered.
 */
export function guardRoutes(
  app: FastifyInstance,
  { requireUser, requireAdmin, acceptUser }: Omit<Auth, 'audit'>,
): void {
  const guards: unknown[] = [requireUser, requireAdmin, acceptUser];
  app.addHook('onRoute', (route) => {
    const [before, after] = [[route.onRequest ?? []].flat(), [route.preHandler ?? []].flat()];
    const named = after.filter((hook) => guards.includes(hook));
    route.preHandler = after.filter((hook) => !guards.includes(hook));
    route.onRequest = [...before, ...named];
    const all: unknown[] = route.onRequest;
    if (all.includes(requireAdmin))
      describeGuard(route, ['accessToken'], { 401: 'Not signed in', 403: 'Not an admin' });
    else if (all.includes(requireUser)) describeGuard(route, ['accessToken'], { 401: 'Not signed in' });
  });
}
