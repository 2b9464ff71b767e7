import { z } from 'zod';
import { integer, seconds } from '../settings.ts';

/** Settings of accounts, tokens and passwords. */
export const authSettings = {
  /** Signs access tokens. Without it, each start generates a key, and access tokens from before become invalid. */
  JWT_SECRET: z.string().min(32, 'at least 32 characters').optional(),
  ACCESS_TOKEN_TTL_SECONDS: seconds(900),
  REFRESH_TOKEN_TTL_SECONDS: seconds(1_209_600),
  /** Argon2id, one lane: OWASP's recommendation is 19 MiB and 2 passes. */
  PASSWORD_MEMORY_KIB: integer(8, 1_048_576, 19_456),
  PASSWORD_PASSES: integer(1, 100, 2),
  /** This user is made an admin at boot, with this password. */
  ADMIN_EMAIL: z.email().optional(),
  ADMIN_PASSWORD: z.string().min(10).max(200).optional(),
};
