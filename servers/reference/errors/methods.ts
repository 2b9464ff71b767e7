import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem.ts';

const known = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];

/**
 * Answers 405 with `Allow` for a known path with an unknown method, where Fastify answers 404. Call it before any route
 * is registered, and the function that it returns after the last one.
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const allowed = new Map<string, Set<string>>();
  let collecting = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!collecting) return;
    const methods = allowed.get(url) ?? new Set<string>();
    for (const name of [method].flat()) methods.add(name);
    allowed.set(url, methods);
  });

  return () => {
    collecting = false;
    for (const [url, methods] of allowed) {
      const allow = [...methods].sort().join(', ');
      const refuse = async () => {
        throw new ProblemError('method_not_allowed', `${url} answers to ${allow}.`, { headers: { allow } });
      };
      // Refused in onRequest, because a body of an unsupported type must not turn the 405 into a 415.
      const method = known.filter((name) => !methods.has(name));
      app.route({ url, method, schema: { hide: true }, onRequest: refuse, handler: refuse });
    }
  };
}
