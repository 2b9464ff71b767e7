import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from '../operations/metrics.ts';
import type { Platform } from '../platform/platform.ts';

/** A row of `inferences`: one call to a model. Token counts are null if the model did not report them. */
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
  /** Resolves when the row is stored or lost. A lost row is logged and counted, and does not fail the answer. */
  save(row: InferenceRow): Promise<void>;
};

/** How long an answer waits for its row. A database that hangs must not delay answers that do not need it. */
const patienceMs = 1_000;

/** Without its own database, the service stores nothing. */
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
