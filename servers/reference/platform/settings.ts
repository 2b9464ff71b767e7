import { z } from 'zod';
import { integer, milliseconds, postgresUrl } from '../settings.ts';

/** The service's own database: users, documents, jobs, models, batches, the record of every inference. */
export const platformSettings = {
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_MAX: integer(1, 500, 10),
  DATABASE_CONNECT_TIMEOUT_MS: milliseconds(2_000),
  DATABASE_STATEMENT_TIMEOUT_MS: milliseconds(10_000),
  JOB_POLL_SECONDS: z.coerce.number().min(0.5).max(60).default(0.5),
};
