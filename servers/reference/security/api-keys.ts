import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../auth/bearer.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Makes a function that tells which of the keys a request carries, in `X-API-Key` or as a bearer token: the beginning
 * of the key's hash, which may be logged; undefined where it carries none.
 */
export function createApiKeys(keys: readonly string[]): (request: FastifyRequest) => string | undefined {
  const known = keys.map(digest);
  return (request) => {
    const given = [request.headers['x-api-key'], bearerToken(request)].flat().filter((text) => text !== undefined);
    for (const text of given) {
      const hash = digest(text);
      // Every key is compared, in time that tells nothing of how much was right.
      const [match] = known.filter((key) => timingSafeEqual(key, hash));
      if (match) return match.toString('hex').slice(0, 12);
    }
    return undefined;
  };
}
