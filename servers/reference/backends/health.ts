import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import type { Backend } from './backend.ts';

/**
 * Asks every backend for its models, now and at each interval, and records which ones answer.
 *
 * @returns a function that stops the probes
 */
export function watchHealth(backends: readonly Backend[], config: Config, log: FastifyBaseLogger): () => void {
  const { BACKEND_HEALTH_INTERVAL_MS: interval, BACKEND_HEALTH_TIMEOUT_MS: patience } = config;
  if (interval === 0) return () => {};
  const stopped = new AbortController();
  const checkAll = () => {
    for (const backend of backends) void check(backend);
  };
  const busy = new Set<Backend>();

  const check = async (backend: Backend) => {
    if (busy.has(backend)) return;
    busy.add(backend);
    const detail = await complaint(backend, AbortSignal.any([stopped.signal, AbortSignal.timeout(patience)]));
    busy.delete(backend);
    if (stopped.signal.aborted) return;
    const healthy = detail === null;
    if (healthy !== backend.health.healthy) log.warn({ backend: backend.id, healthy, detail }, 'backend health');
    backend.health = { healthy, checkedAt: new Date(), detail };
  };

  checkAll();
  const timer = setInterval(checkAll, interval);
  timer.unref();
  return () => {
    clearInterval(timer);
    stopped.abort();
  };
}

/** The failure of a backend, or null. Asks for its models, because not every OpenAI-compatible server has /health. */
async function complaint(backend: Backend, signal: AbortSignal): Promise<string | null> {
  try {
    const { statusCode, body } = await backend.request('/v1/models', { signal });
    await body.dump();
    return statusCode === 200 ? null : `HTTP ${statusCode}`;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return name === 'TimeoutError' ? 'no answer in time' : (code ?? 'failed');
  }
}
