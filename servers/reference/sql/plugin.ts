import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { problemDocument, toProblemError } from '../errors/handling.ts';
import { problemResponses } from '../errors/schema.ts';
import type { Lifecycle } from '../operations/lifecycle.ts';
import { answerQuestion } from './answer.ts';
import { openEventStream } from './event-stream.ts';
import { listDatabases } from './list.ts';
import type { SqlDependencies, Tell } from './question.ts';
import { namedDatabase } from './route.ts';
import { databaseList, type SqlRequest, sqlAnswer, sqlRequest } from './schemas.ts';
import { eventStreamSchema } from './stream-schema.ts';
import { openValueLookup } from './values/lookup.ts';

type Options = Omit<SqlDependencies, 'values'> & { lifecycle: Lifecycle };

const answers = {
  200: {
    description: 'The answer; where nothing was executed, `reason` says why',
    content: { 'application/json': { schema: sqlAnswer }, 'text/event-stream': { schema: eventStreamSchema } },
  },
  ...problemResponses({
    400: 'The body is not JSON',
    404: 'Unknown database; `databases` lists those there are',
    413: 'The body is too large',
    415: 'The body is not application/json',
    422: 'A field is not valid (`errors` names it), or no query worked (`attempts` lists them)',
    502: 'The model server answered badly',
    504: 'The model server, a database or the query took too long',
  }),
};

/** Answers questions in natural language from the databases. */
export const sqlPlugin: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const values = openValueLookup(options.config);
  app.addHook('onClose', async () => values.end());
  const dependencies = { ...options, values };

  app.post(
    '/api/v1/sql',
    {
      schema: { tags: ['sql'], summary: 'Ask a question', operationId: 'askSql', body: sqlRequest, response: answers },
    },
    async (request, reply) => {
      // Checked before anything is sent, so that a stream is refused with status 404, too.
      if (request.body.database !== undefined) namedDatabase(request.body.database, options.databases);
      const ask = (tell: Tell) => answerQuestion(request.body, dependencies, { ...context(request, reply), tell });
      if (!request.body.stream) return ask(() => {});
      streamAnswer(ask, request, reply);
      return reply;
    },
  );

  const context = (request: FastifyRequest, reply: FastifyReply) => ({
    signal: options.lifecycle.workSignal(reply),
    trace: request.trace,
    requestId: request.id,
    log: request.log,
  });

  const streamAnswer = (
    ask: (tell: Tell) => ReturnType<typeof answerQuestion>,
    request: FastifyRequest<{ Body: SqlRequest }>,
    reply: FastifyReply,
  ) => {
    const stream = openEventStream(reply, options.config.SSE_HEARTBEAT_MS);
    ask((event, data) => stream.send(event, data))
      .then((answer) => stream.send('done', answer))
      .catch((error: unknown) => {
        request.log.warn({ err: error }, 'stream ended with an error');
        stream.send('error', problemDocument(toProblemError(error), request));
      })
      .finally(() => stream.end());
  };

  app.get(
    '/api/v1/sql/databases',
    {
      schema: {
        tags: ['sql'],
        summary: 'The databases, their tables and columns',
        operationId: 'listDatabases',
        response: {
          200: { description: 'Every database', content: { 'application/json': { schema: databaseList } } },
          ...problemResponses({}),
        },
      },
    },
    async (_request, reply) => listDatabases(options.databases, options.lifecycle.workSignal(reply)),
  );
};
