import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler, preHandlerAsyncHookHandler } from 'fastify';
import { normalEmail } from '../auth/users.ts';
import type { Config } from '../config.ts';
import { ProblemError } from '../errors/problem.ts';

/**
 * Limits each caller's requests per time window. The counts are in this process, so several instances allow several
 * times as many. Answers have headers with the remaining number.
 *
 * @param callerOf the verified caller: an invalid token must not get a limit of its own
 */
export async function limitRates(
  app: FastifyInstance,
  config: Config,
  callerOf: (request: FastifyRequest) => string | undefined,
): Promise<void> {
  await app.register(rateLimit, {
    // A hook of the whole app also counts requests without a route, and those that the gate refuses.
    global: false,
    max: config.RATE_LIMIT_MAX,
    timeWindow: config.RATE_LIMIT_WINDOW_SECONDS * 1_000,
    enableDraftSpec: true,
    cache: 50_000,
    keyGenerator: (request) => callerOf(request) ?? address(request),
    allowList: (request) => request.routeOptions.config.probe === true,
    errorResponseBuilder: (_request, { max, ttl }) => tooMany(max, ttl),
  });
  app.addHook('onRequest', app.rateLimit() as onRequestAsyncHookHandler);
}

/** Limits sign-ins by address and account: passwords cannot be guessed, and strangers cannot lock an account. */
export function limitSignIns(app: FastifyInstance, config: Config): preHandlerAsyncHookHandler {
  const count = app.createRateLimit({
    max: config.RATE_LIMIT_LOGIN_MAX,
    keyGenerator: (request) => `${address(request)} ${emailOf(request.body)}`,
  });
  return async (request) => {
    const attempt = await count(request);
    if (!attempt.isAllowed && attempt.isExceeded) throw tooMany(attempt.max, attempt.ttl);
  };
}

const address = ({ ip }: FastifyRequest): string => `address:${normalizeIP(ip)}`;

const emailOf = (body: unknown): string => normalEmail(String((body as { email?: unknown } | undefined)?.email));

/** @param ttl milliseconds until the window ends */
function tooMany(max: number, ttl: number): ProblemError {
  const retryAfter = Math.max(1, Math.ceil(ttl / 1_000));
  return new ProblemError('rate_limited', `At most ${max} in this window; try again in ${retryAfter} s.`, {
    extra: { limit: max, retry_after_s: retryAfter },
    headers: {
      'retry-after': String(retryAfter),
      'ratelimit-limit': String(max),
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(retryAfter),
    },
  });
}
