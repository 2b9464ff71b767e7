import type { FastifyInstance } from 'fastify';
import type { Auth } from '../auth/types.ts';
import type { Config } from '../config.ts';
import { createApiKeys } from './api-keys.ts';
import { instructBrowsers } from './browsers.ts';
import { guardGate } from './gate.ts';
import { limitRates } from './limits.ts';

/** The hooks before every route: headers for browsers, rate limits, and the gate if API keys are set. */
export async function secure(app: FastifyInstance, config: Config, auth: Auth | undefined): Promise<void> {
  const apiKeyOf = createApiKeys(config.API_KEYS);
  app.decorateRequest('apiKey', undefined);
  await instructBrowsers(app, config);
  app.addHook('onRequest', async (request) => {
    request.apiKey = apiKeyOf(request);
  });
  await limitRates(app, config, (request) => {
    if (request.apiKey !== undefined) return `key:${request.apiKey}`;
    const user = auth?.claimedUser(request);
    return user && `user:${user}`;
  });
  if (config.API_KEYS.length > 0) guardGate(app, auth);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Open to everybody, even where API keys are set. */
    public?: boolean;
  }
  interface FastifyRequest {
    /** The API key of the request: the beginning of its hash. */
    apiKey: string | undefined;
  }
}
