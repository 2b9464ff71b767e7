import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../operations/metrics.ts';
import type { Backend } from './backend.ts';
import type { BreakerState } from './breaker.ts';

const states: readonly BreakerState[] = ['closed', 'open', 'half-open'];

/** Registers the metrics of the backends. State, health and load are read on each scrape. */
export function observeBackends(metrics: Metrics, backends: readonly Backend[]) {
  const registers = [metrics.registry];
  new Gauge({
    name: 'model_backend_state',
    help: 'The circuit breaker of a model backend: 1 for the state it is in',
    labelNames: ['backend', 'state'] as const,
    registers,
    collect() {
      for (const { id, breaker } of backends)
        for (const state of states) this.set({ backend: id, state }, breaker.state() === state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'model_backend_healthy',
    help: 'Whether a model backend answered its last probe',
    labelNames: ['backend'] as const,
    registers,
    collect() {
      for (const { id, health } of backends) this.set({ backend: id }, health.healthy ? 1 : 0);
    },
  });
  new Gauge({
    name: 'model_backend_in_flight',
    help: 'Calls that a model backend is working on',
    labelNames: ['backend'] as const,
    registers,
    collect() {
      for (const { id, counts } of backends) this.set({ backend: id }, counts.inFlight);
    },
  });
  new Counter({
    name: 'model_backend_requests_total',
    help: 'Calls by backend and outcome: ok, failed (counted by its breaker), abandoned by the caller',
    labelNames: ['backend', 'outcome'] as const,
    registers,
    collect() {
      this.reset();
      for (const { id, counts } of backends) {
        this.inc({ backend: id, outcome: 'ok' }, counts.served);
        this.inc({ backend: id, outcome: 'failed' }, counts.failed);
        this.inc({ backend: id, outcome: 'abandoned' }, counts.abandoned);
      }
    },
  });
  const transitions = new Counter({
    name: 'model_backend_transitions_total',
    help: 'Changes of a circuit breaker, by the state it went to',
    labelNames: ['backend', 'to'] as const,
    registers,
  });
  return { transition: (backend: string, to: string) => transitions.inc({ backend, to }) };
}
