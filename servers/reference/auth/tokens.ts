import { randomBytes } from 'node:crypto';
import jwt from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { ProblemError } from '../errors/problem.ts';
import type { SignedIn } from './types.ts';

/** The user and session of a token. It does not contain the role, which is read from the database for each request. */
type Claims = { sub: string; sid: string };

const issuer = 'plumbline-reference';
const audience = 'plumbline-api';
// Only this algorithm is accepted, which prevents attacks with `none` or another algorithm.
const algorithm = 'HS256';

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid() });

/** Makes `app.jwt` sign and verify access tokens. */
export async function signTokens(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(jwt, {
    secret: config.JWT_SECRET ?? randomBytes(48).toString('base64url'),
    sign: { algorithm, iss: issuer, aud: audience, expiresIn: config.ACCESS_TOKEN_TTL_SECONDS },
    verify: {
      algorithms: [algorithm],
      allowedIss: issuer,
      allowedAud: audience,
      requiredClaims: ['sub', 'sid', 'iss', 'aud', 'iat', 'exp'],
    },
  });
}

/** @throws ProblemError 401 `invalid_token`, which reveals only whether the token has expired */
export function readAccessToken(app: FastifyInstance, token: string): Claims {
  try {
    return claimsSchema.parse(app.jwt.verify(token));
  } catch (error) {
    const expired = (error as { code?: string }).code === 'FAST_JWT_EXPIRED';
    throw invalidToken(`The access token ${expired ? 'has expired' : 'is not valid'}.`, error);
  }
}

/** The challenge of RFC 6750 for an invalid token. */
export const invalidToken = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError('invalid_token', detail, {
    headers: { 'www-authenticate': 'Bearer realm="plumbline", error="invalid_token"' },
    cause,
  });

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Claims;
    user: SignedIn;
  }
}
