import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { documentRows } from '../documents/rows.ts';
import { problemDocument, toProblemError } from '../errors/handling.ts';
import { problemResponses } from '../errors/schema.ts';
import type { Capability } from '../services.ts';
import { openEventStream } from '../sql/event-stream.ts';
import { answerFromDocuments, checkDocument, type Tell } from './answer.ts';
import { type AskRequest, askAnswer, askEvents, askRequest } from './schemas.ts';

const answers = {
  200: {
    description: 'The answer; `X-Cache` says whether it was given before',
    content: { 'application/json': { schema: askAnswer }, 'text/event-stream': { schema: askEvents } },
  },
  ...problemResponses({
    400: 'The body is not JSON',
    401: 'No access token, or one that is not valid',
    404: 'No such document, or one that is not yours',
    409: 'The document is not indexed (yet)',
    413: 'The body is too large',
    415: 'The body is not application/json',
    422: 'A field is not valid (`errors` names it)',
    502: 'The model server answered badly',
    504: 'The model server or a database took too long',
  }),
};

/** Answers questions from documents, and quotes the sentences that state the answer. */
export const askCapability: Capability = async (app, services) => {
  const { auth, config, lifecycle, model, vectors, cache } = services;
  const { knex } = services.platform;
  const documents = documentRows(knex);
  const dependencies = { config, knex, model, vectors, cache, documents };

  app.withTypeProvider<ZodTypeProvider>().post(
    '/api/v1/ask',
    {
      preHandler: auth.requireUser,
      schema: {
        tags: ['ask'],
        summary: 'Ask your documents',
        operationId: 'ask',
        body: askRequest,
        response: answers,
      },
    },
    async (request, reply) => {
      // Checked before anything is sent, so that a stream is refused with status 404, too.
      await checkDocument(request.body, request.user.id, documents);
      if (request.body.stream) return streamAnswer(request, reply);
      const answer = await ask(request, reply, () => {});
      return reply.header('x-cache', answer.cached ? 'HIT' : 'MISS').send(answer);
    },
  );

  const ask = (request: FastifyRequest<{ Body: AskRequest }>, reply: FastifyReply, tell: Tell) =>
    answerFromDocuments(request.body, dependencies, {
      signal: lifecycle.workSignal(reply),
      trace: request.trace,
      requestId: request.id,
      userId: request.user.id,
      log: request.log,
      tell,
    });

  const streamAnswer = (request: FastifyRequest<{ Body: AskRequest }>, reply: FastifyReply) => {
    const stream = openEventStream(reply, config.SSE_HEARTBEAT_MS);
    ask(request, reply, (event, data) => stream.send(event, data))
      .then((answer) => stream.send('done', answer))
      .catch((error: unknown) => {
        request.log.warn({ err: error }, 'stream ended with an error');
        stream.send('error', problemDocument(toProblemError(error), request));
      })
      .finally(() => stream.end());
    return reply;
  };
};
