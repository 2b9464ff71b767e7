import { z } from 'zod';
import { milliseconds, seconds } from '../settings.ts';

export const cacheSettings = {
  /** Redis or Valkey; without it, an unlogged table of the service's own database. */
  CACHE_URL: z.url({ protocol: /^(rediss?|unix)$/ }).optional(),
  /** What every key begins with: services that share a server set theirs apart. */
  CACHE_NAMESPACE: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .default('plumbline'),
  CACHE_TTL_SECONDS: seconds(3_600),
  /** What a cache that is slow may cost a request. */
  CACHE_TIMEOUT_MS: milliseconds(250),
};
