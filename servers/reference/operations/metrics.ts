import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** The library's default of 10 ms wakes an idle service a hundred times a second. */
const lagEveryMs = 50;
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The service's metrics in a registry of their own, so that two apps in one process do not share counts. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagEveryMs });
  return {
    registry,
    httpDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its response',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: seconds,
      registers,
    }),
    httpInFlight: new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests being served, probes aside',
      registers,
    }),
    modelDuration: new Histogram({
      name: 'model_request_duration_seconds',
      help: 'Calls to the model server, by what they were for and how they ended',
      labelNames: ['purpose', 'outcome'] as const,
      buckets: seconds,
      registers,
    }),
    modelTokens: new Counter({
      name: 'model_tokens_total',
      help: 'Tokens as the model server counted them in its usage',
      labelNames: ['purpose', 'kind', 'model'] as const,
      registers,
    }),
    inferenceRecordsLost: new Counter({
      name: 'inference_records_lost_total',
      help: 'Calls to a model whose row could not be stored',
      registers,
    }),
    sqlQuestions: new Counter({
      name: 'sql_questions_total',
      help: 'Questions, by how they ended: answered, not_executed, or the code of the problem',
      labelNames: ['outcome'] as const,
      registers,
    }),
    sqlAttempts: new Counter({
      name: 'sql_attempts_total',
      help: 'Queries generated, by database and by ok or the error code',
      labelNames: ['database', 'outcome'] as const,
      registers,
    }),
  };
}

type PoolCounts = { totalCount: number; idleCount: number; waitingCount: number };

/** Registers the sizes of the connection pools, which are read on each scrape. */
export function observePools(metrics: Metrics, pools: ReadonlyMap<string, PoolCounts>): void {
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections by database and state; waiting counts callers in line for one',
    labelNames: ['database', 'state'] as const,
    registers: [metrics.registry],
    collect() {
      for (const [database, pool] of pools) {
        this.set({ database, state: 'total' }, pool.totalCount);
        this.set({ database, state: 'idle' }, pool.idleCount);
        this.set({ database, state: 'waiting' }, pool.waitingCount);
      }
    },
  });
}
