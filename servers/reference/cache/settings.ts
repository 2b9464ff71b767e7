import { z } from 'zod';
import { milliseconds, seconds } from '../settings.ts';

export const cacheSettings = {
  /** Redis or Valkey; without it, an unlogged table of the service's own database. */
  CACHE_URL: z.url({ protocol: /^(rediss?|unix)$/ }).optional(),
  /** Prefix of every key, different for services that share a server. */
  CACHE_NAMESPACE: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .default('plumbline'),
  CACHE_TTL_SECONDS: seconds(3_600),
  /** Time limit of a cache access within a request. */
  CACHE_TIMEOUT_MS: milliseconds(250),
};
