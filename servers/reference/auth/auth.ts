import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { Platform } from '../platform/platform.ts';
import { createAudit } from './audit.ts';
import { guardRoutes } from './guarded-routes.ts';
import { createGuards } from './guards.ts';
import { signTokens } from './tokens.ts';
import type { Auth } from './types.ts';

/** Authentication and authorisation, with the guards that other capabilities put on their routes. */
export async function createAuth(app: FastifyInstance, config: Config, { knex }: Platform): Promise<Auth> {
  await signTokens(app, config);
  const guards = createGuards(app, knex);
  guardRoutes(app, guards);
  return { ...guards, audit: createAudit(knex) };
}
