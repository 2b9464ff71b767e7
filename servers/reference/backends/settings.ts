import { z } from 'zod';
import { integer, json, milliseconds } from '../settings.ts';

const backend = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  url: z.url({ protocol: /^https?$/ }),
  api_key: z.string().min(1).optional(),
  /** The models that it serves; without this list, any model. */
  models: z.array(z.string().min(1)).min(1).optional(),
});

const unique = (list: readonly { id: string }[]) => new Set(list.map(({ id }) => id)).size === list.length;

/** Model servers that share the load; without MODEL_BACKENDS there is one, `default`, at MODEL_SERVER_URL. */
export const backendSettings = {
  MODEL_BACKENDS: json('a JSON list: [{"id":"a","url":"http://…","api_key":"…"}]', z.array(backend).min(1))
    .refine(unique, 'every backend needs an id of its own')
    .optional(),
  /** Interval of the health probes; 0 for none. */
  BACKEND_HEALTH_INTERVAL_MS: integer(0, 600_000, 5_000),
  BACKEND_HEALTH_TIMEOUT_MS: milliseconds(2_000),
  /** A breaker opens once this many calls ended within the window … */
  BREAKER_VOLUME: integer(1, 100_000, 5),
  /** … and more than this share of them failed. */
  BREAKER_ERROR_PERCENT: integer(0, 99, 50),
  BREAKER_WINDOW_MS: milliseconds(10_000),
  /** How long an open breaker waits before it lets one call try. */
  BREAKER_RESET_MS: milliseconds(5_000),
};
