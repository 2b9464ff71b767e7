import type { FastifyInstance, FastifyReply } from 'fastify';
import { ProblemError } from '../errors/problem.ts';

export type Lifecycle = ReturnType<typeof manageLifecycle>;

/**
 * Counts requests in flight, refuses new ones while stopping, and aborts those that are left. Probes are still
 * answered, because a load balancer must see that this instance is stopping.
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

    /** The signal of a request: aborts when its client leaves, or when the time to stop is over. */
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
     * Refuses new requests and waits for those in flight. Requests that take too long are aborted with an error.
     *
     * @param timeoutMs how long requests may continue
     * @param lastWordsMs how long the answers to aborted requests may take after that
     * @returns the number of aborted requests
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
