import { z } from 'zod';
import { integer, milliseconds, postgresUrl } from '../settings.ts';

export const vectorSettings = {
  /** A Postgres with pgvector; without it, retrieval is by full text alone. */
  VECTOR_DATABASE_URL: postgresUrl.optional(),
  VECTOR_SCHEMA: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/)
    .default('plumbline'),
  VECTOR_TIMEOUT_MS: milliseconds(2_000),
  VECTOR_POOL_MAX: integer(1, 100, 4),
};
