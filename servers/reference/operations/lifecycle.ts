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
  let idle = Promise.withResolvers<void>();

  const finished = () => {
    inFlight--;
    if (inFlight === 0) idle.resolve();
  };

  const idleWithin = async (ms: number) => {
    if (inFlight === 0) return;
    idle = Promise.withResolvers();
    const deadline = setTimeout(() => idle.resolve(), ms);
    await idle.promise;
    clearTimeout(deadline);
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
     * @param lastWordsMs how long, after that, the answers to what was aborted may take
     * @returns how many requests had to be cut short
     */
    async drain(timeoutMs: number, lastWordsMs: number): Promise<number> {
      stopping = true;
      await idleWithin(timeoutMs);
      const cut = working.size;
      const reason = new ProblemError('shutting_down', 'The service stopped before it was done.');
      for (const work of working) work.abort(reason);
      await idleWithin(lastWordsMs);
      return cut;
    },
  };
}
