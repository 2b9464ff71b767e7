import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { Platform } from '../platform/platform.ts';
import type { Auth } from './types.ts';

/** Who may do what. Placeholder until the capability lands: lets nobody in. */
export async function createAuth(_app: FastifyInstance, _config: Config, _platform: Platform): Promise<Auth> {
  const refuse = async () => {
    throw new Error('auth is not there yet');
  };
  return { requireUser: refuse, requireAdmin: refuse, acceptUser: refuse, audit: refuse };
}
