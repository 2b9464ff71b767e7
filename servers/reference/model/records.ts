import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from '../operations/metrics.ts';
import type { Platform } from '../platform/platform.ts';

/** A row of `inferences`: one call to a model. Token counts are null where the model never told them. */
type InferenceRow = {
  id: string;
  request_id: string;
  user_id: string | null;
  capability: string;
  purpose: string;
  model: string;
  backend: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  status: string;
  started_at: Date;
  duration_ms: number;
};

export type Records = {
  /** Resolves once the row is stored, or lost (logged and counted): a lost row is no reason to lose the answer. */
  save(row: InferenceRow): Promise<void>;
};

/** An answer waits this long for its row, no longer: a database that hangs must not hold up what needs no database. */
const patienceMs = 1_000;

/** Where the service has no database of its own, nothing is stored. */
export function createRecords(platform: Platform | undefined, metrics: Metrics, log: FastifyBaseLogger): Records {
  if (!platform) return { save: async () => {} };
  const insert = async (row: InferenceRow) => {
    try {
      await platform.knex('inferences').insert(row);
    } catch (err) {
      metrics.inferenceRecordsLost.inc();
      log.error({ err, inference: row.id, request_id: row.request_id }, 'inference not recorded');
    }
  };
  return {
    async save(row) {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, patienceMs);
      await Promise.race([insert(row), late.promise]);
      clearTimeout(timer);
    },
  };
}
