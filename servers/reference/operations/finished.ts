import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The status of a request, or 499 if the client left before the end of the answer. */
export type Ending = { request: FastifyRequest; status: number; ms: number };

const clientClosedRequest = 499;

/** The callbacks of each app. One listener per response serves all: Node warns of a leak from 11 listeners on. */
const callbacks = new WeakMap<FastifyInstance, ((ending: Ending) => void)[]>();

/** Calls back when a request has ended in any way. Fastify's onResponse misses requests that the client aborted. */
export function onFinished(app: FastifyInstance, callback: (ending: Ending) => void): void {
  const known = callbacks.get(app);
  if (known) return void known.push(callback);
  const all = [callback];
  callbacks.set(app, all);
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => {
      const ending = { request, status: statusOf(reply), ms: reply.elapsedTime };
      for (const each of all) each(ending);
    });
  });
}

const statusOf = ({ raw }: FastifyReply): number => (raw.writableFinished ? raw.statusCode : clientClosedRequest);
