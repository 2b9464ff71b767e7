import type { FastifyInstance, FastifyReply } from 'fastify';
import { ProblemError } from '../errors/problem.ts';

export type Lifecycle = ReturnType<typeof manageLifecycle>;

/**
 * Counts the work in flight, refuses new work while stopping, and can end what is left.
 * Probes are let through: a balancer must still be able to read that this instance is on its way out.
 */
export function manageLifecycle(app: FastifyInstance) {
  const working = new Set<AbortController>();
  let inFlight = 0;
  let stopping = false;
  let drained = Promise.withResolvers<void>();

  const finished = () => {
    inFlight--;
    if (stopping && inFlight === 0) drained.resolve();
  };

  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.probe) return;
    if (stopping)
      throw new ProblemError('shutting_down', 'The service is stopping; ask another instance.', {
        headers: { 'retry-after': '1', connection: 'close' },
      });
    inFlight++;
    reply.raw.once('close', finished);
  });

  return {
    get stopping() {
      return stopping;
    },

    /** A signal for one request's work: aborted when its client goes away or the time to stop is over. */
    workSignal(reply: FastifyReply): AbortSignal {
      const work = new AbortController();
      working.add(work);
      reply.raw.once('close', () => {
        working.delete(work);
        if (!reply.raw.writableFinished)
          work.abort(new ProblemError('client_closed_request', 'The client closed the connection.'));
      });
      return work.signal;
    },

    /**
     * Stops taking work and waits for what there is; what is not done by then is aborted and told so.
     *
     * @param timeoutMs how long work may go on
     * @returns how many requests had to be cut short
     */
    async drain(timeoutMs: number): Promise<number> {
      stopping = true;
      if (inFlight === 0) return 0;
      drained = Promise.withResolvers<void>();
      const deadline = setTimeout(() => drained.resolve(), timeoutMs);
      await drained.promise;
      clearTimeout(deadline);
      const cut = working.size;
      for (const work of working)
        work.abort(new ProblemError('shutting_down', 'The service stopped before it was done.'));
      return cut;
    },
  };
}
