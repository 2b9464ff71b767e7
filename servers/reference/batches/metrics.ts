import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../operations/metrics.ts';

/** What batches add to the service's metrics. */
export function createBatchMetrics({ registry }: Metrics) {
  const registers = [registry];
  return {
    items: new Counter({
      name: 'batch_items_total',
      help: 'Items by what became of them: done, failed, cancelled, or requeued to be tried again',
      labelNames: ['outcome'] as const,
      registers,
    }),
    batches: new Counter({
      name: 'batches_total',
      help: 'Batches: submitted, and how they ended',
      labelNames: ['outcome'] as const,
      registers,
    }),
    running: new Gauge({ name: 'batch_items_running', help: 'Items that this instance is at', registers }),
  };
}

export type BatchMetrics = ReturnType<typeof createBatchMetrics>;
