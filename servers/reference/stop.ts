import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from './operations/lifecycle.ts';
import { stopTracing } from './tracing/start.ts';

/** How long the answers to aborted requests may take. */
const lastWordsMs = 250;

/**
 * On SIGTERM or SIGINT: reports not ready, finishes the requests in flight, aborts those that take too long, and exits.
 * A second signal ends the process at once.
 *
 * @param timeoutMs limit of the whole stop
 */
export function stopOnSignals(app: FastifyInstance, lifecycle: Lifecycle, timeoutMs: number): void {
  const stop = async (signal: NodeJS.Signals) => {
    if (lifecycle.stopping) process.exit(1);
    const started = performance.now();
    // Unreferenced, because it must end only a process that does not end by itself.
    setTimeout(() => process.exit(1), timeoutMs).unref();
    app.log.info({ event: 'stopping', signal }, 'stopping');
    const cut = await lifecycle.drain(Math.max(0, timeoutMs - 2 * lastWordsMs), lastWordsMs);
    const closed = app.close();
    // All work is done, and an idle connection would keep the process alive.
    app.server.closeAllConnections();
    await closed;
    await stopTracing();
    app.log.info({ event: 'stopped', cut, ms: Math.round(performance.now() - started) }, 'stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}
