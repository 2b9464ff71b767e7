import { z } from 'zod';
import { askSettings } from './ask/settings.ts';
import { authSettings } from './auth/settings.ts';
import { backendSettings } from './backends/settings.ts';
import { batchSettings } from './batches/settings.ts';
import { cacheSettings } from './cache/settings.ts';
import { documentSettings } from './documents/settings.ts';
import { inferenceSettings } from './inference/settings.ts';
import { promptSettings } from './model/style.ts';
import { orchestrationSettings } from './orchestration/settings.ts';
import { platformSettings } from './platform/settings.ts';
import { registrySettings } from './registry/settings.ts';
import { securitySettings } from './security/settings.ts';
import { integer, json, milliseconds, postgresUrl } from './settings.ts';
import { tracingSettings } from './tracing/settings.ts';
import { vectorSettings } from './vectors/settings.ts';

/** The router answers `none` if no database fits, so no database may have that name. */
const databaseName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/)
  .refine((name) => name.toLowerCase() !== 'none', 'a database may not be called none');

const databases = json('a JSON object: {"name":"postgres://…"}', z.record(databaseName, postgresUrl)).refine(
  (map) => Object.keys(map).length > 0,
  'at least one database',
);

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535, 0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SHUTDOWN_TIMEOUT_MS: milliseconds(10_000),
  REQUEST_TIMEOUT_MS: milliseconds(15_000),
  SSE_HEARTBEAT_MS: milliseconds(2_000),
  SSE_READER_TIMEOUT_MS: milliseconds(30_000),
  MODEL_SERVER_URL: z.url({ protocol: /^https?$/ }),
  MODEL_SERVER_API_KEY: z.string().min(1).optional(),
  MODEL_ID: z.string().min(1).default('plumbline-tiny'),
  MODEL_SEED: integer(0, 2_147_483_647, 42),
  ...promptSettings,
  MODEL_TIMEOUT_MS: milliseconds(30_000),
  MODEL_STREAM_TIMEOUT_MS: milliseconds(600_000),
  MODEL_MAX_TOKENS: integer(1, 8_192, 320),
  SQL_DATABASES: databases,
  SQL_SCHEMAS: z
    .string()
    .default('public')
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().regex(/^[a-z_][a-z0-9_]*$/)).min(1)),
  SQL_STATEMENT_TIMEOUT_MS: milliseconds(2_000),
  SQL_CONNECT_TIMEOUT_MS: milliseconds(2_000),
  SQL_MAX_ATTEMPTS: integer(1, 10, 3),
  SQL_MIN_CONFIDENCE: z.coerce.number().min(0).max(1).default(0.2),
  SQL_MAX_ROWS: integer(1, 100_000, 1_000),
  SQL_MAX_RESULT_BYTES: integer(1_024, 1_073_741_824, 16_777_216),
  SQL_CATALOG_TTL_MS: milliseconds(60_000),
  SQL_POOL_MAX: integer(1, 500, 10),
  SQL_VALUES_PER_COLUMN: integer(0, 100_000, 5_000),
  SQL_VALUES_WAIT_MS: milliseconds(500),
  ...platformSettings,
  ...securitySettings,
  ...authSettings,
  ...documentSettings,
  ...vectorSettings,
  ...cacheSettings,
  ...askSettings,
  ...backendSettings,
  ...inferenceSettings,
  ...orchestrationSettings,
  ...registrySettings,
  ...batchSettings,
  ...tracingSettings,
});

/** Every setting of the service, by the name of its environment variable. Frozen. */
export type Config = Readonly<z.output<typeof environment>>;

/**
 * Reads the service's settings. An empty variable counts as not set.
 *
 * @throws Error with one line for each invalid variable, without the values, because some are secrets
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = environment.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The reference service cannot start, its environment is not valid:\n${lines.join('\n')}`);
}
