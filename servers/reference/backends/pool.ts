import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import { dependencyProblem, ProblemError } from '../errors/problem.ts';
import type { Metrics } from '../operations/metrics.ts';
import { type Backend, createBackend } from './backend.ts';
import { watchHealth } from './health.ts';
import { observeBackends } from './metrics.ts';

export type BackendPool = {
  readonly all: readonly Backend[];
  /**
   * The backend for the next call, of those that serve the model and whose breaker admits it: a healthy one with the
   * fewest calls in flight, in round-robin. If none is healthy, any is used, because the probes may be wrong.
   *
   * @param except the id of a backend that has already been tried
   * @throws ProblemError 404 if none serves the model; 503 with Retry-After if all breakers are open
   */
  choose(model: string, except?: string): Backend;
  /** Starts the health probes, unless BACKEND_HEALTH_INTERVAL_MS is 0. */
  watch(): void;
  close(): Promise<void>;
};

/** The model servers, each behind a breaker of its own. */
export function createBackendPool(config: Config, metrics: Metrics, log: FastifyBaseLogger): BackendPool {
  const { MODEL_SERVER_URL: url, MODEL_SERVER_API_KEY: key } = config;
  const named = config.MODEL_BACKENDS ?? [{ id: 'default', url, ...(key ? { api_key: key } : {}) }];
  const transitions: { count(backend: string, to: string): void } = { count: () => {} };
  const all = named.map((entry) =>
    createBackend(entry, config, (to) => {
      log.warn({ backend: entry.id, state: to }, `circuit breaker ${to}`);
      transitions.count(entry.id, to);
    }),
  );
  const { transition } = observeBackends(metrics, all);
  transitions.count = transition;
  let turn = 0;
  let stopWatching = () => {};

  return {
    all,
    choose(model, except) {
      const serving = all.filter((backend) => backend.serves(model));
      if (serving.length === 0) throw new ProblemError('unknown_model', `No backend serves the model '${model}'.`);
      const open = serving.filter(({ id, breaker }) => id !== except && breaker.admits());
      const healthy = open.filter(({ health }) => health.healthy);
      const [best] = (healthy.length > 0 ? healthy : open).sort(
        (a, b) => a.counts.inFlight - b.counts.inFlight || a.lastChosen - b.lastChosen,
      );
      if (!best) throw allOpen(serving);
      best.lastChosen = ++turn;
      return best;
    },
    watch() {
      stopWatching = watchHealth(all, config, log);
    },
    async close() {
      stopWatching();
      await Promise.allSettled(all.map((backend) => backend.close()));
    },
  };
}

/** A half-open breaker may close as soon as its probe call ends. */
function allOpen(backends: readonly Backend[]): ProblemError {
  const waitMs = Math.min(...backends.map(({ breaker }) => breaker.waitMs()));
  const names = backends.map(({ id, breaker }) => `${id} (${breaker.state()})`).join(', ');
  return dependencyProblem('model_unavailable', 'model', `Every model backend is shut off after failures: ${names}.`, {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
}
