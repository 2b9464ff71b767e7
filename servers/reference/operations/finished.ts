import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** How a request ended: its status, or 499 where the client had gone before the answer's end. */
export type Ending = { request: FastifyRequest; status: number; ms: number };

const clientClosedRequest = 499;

/** Of each app. One listener a response serves them all: streams have nearly as many others as Node takes for a leak. */
const callbacks = new WeakMap<FastifyInstance, ((ending: Ending) => void)[]>();

/** Calls back when a request is over, however it ended. Fastify's onResponse misses those that the client broke off. */
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
