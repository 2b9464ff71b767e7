import type { FastifyRequest } from 'fastify';

/** The token of `Authorization: Bearer …`, with the scheme in any case; undefined without one. */
export function bearerToken({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** Whether a bearer token has the form of an access token: API keys travel in the same header. */
export const looksLikeJwt = (token: string): boolean => token.split('.').length === 3;
