import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from './operations/lifecycle.ts';
import { stopTracing } from './tracing/start.ts';

/** How long requests that were cut short have to say so. */
const lastWordsMs = 250;

/**
 * On SIGTERM or SIGINT: not ready any more, finish what is in flight, end what takes too long, exit. A second signal
 * ends the process at once.
 *
 * @param timeoutMs bounds all of it
 */
export function stopOnSignals(app: FastifyInstance, lifecycle: Lifecycle, timeoutMs: number): void {
  const stop = async (signal: NodeJS.Signals) => {
    if (lifecycle.stopping) process.exit(1);
    const started = performance.now();
    // Unreferenced: it ends only a process that will not end by itself.
    setTimeout(() => process.exit(1), timeoutMs).unref();
    app.log.info({ event: 'stopping', signal }, 'stopping');
    const cut = await lifecycle.drain(Math.max(0, timeoutMs - 2 * lastWordsMs), lastWordsMs);
    const closed = app.close();
    // All work is done; a kept-alive connection would hold the process up.
    app.server.closeAllConnections();
    await closed;
    await stopTracing();
    app.log.info({ event: 'stopped', cut, ms: Math.round(performance.now() - started) }, 'stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}
