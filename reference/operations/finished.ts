import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** How a request ended: its status, or 499 where the client had gone before the answer's end. */
export type Ending = { request: FastifyRequest; status: number; ms: number };

const clientClosedRequest = 499;

/** Calls back when a request is over, however it ended. Fastify's onResponse misses those that the client broke off. */
export function onFinished(app: FastifyInstance, callback: (ending: Ending) => void): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => callback({ request, status: statusOf(reply), ms: reply.elapsedTime }));
  });
}

const statusOf = ({ raw }: FastifyReply): number => (raw.writableFinished ? raw.statusCode : clientClosedRequest);
