import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../auth/bearer.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Makes a function that identifies the API key of a request, in `X-API-Key` or as a bearer token. It returns the
 * beginning of the key's hash, which may be logged; undefined if there is no valid key.
 */
export function createApiKeys(keys: readonly string[]): (request: FastifyRequest) => string | undefined {
  const known = keys.map(digest);
  return (request) => {
    const given = [request.headers['x-api-key'], bearerToken(request)].flat().filter((text) => text !== undefined);
    for (const text of given) {
      const hash = digest(text);
      // Every key is compared, in constant time.
      const [match] = known.filter((key) => timingSafeEqual(key, hash));
      if (match) return match.toString('hex').slice(0, 12);
    }
    return undefined;
  };
}
