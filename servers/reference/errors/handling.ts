import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { sendOpenAiError, speaksOpenAi } from '../inference/errors.ts';
import { platformProblem } from '../platform/failures.ts';
import { ensureTrace, recordFailure } from '../tracing/requests.ts';
import { type ProblemCode, ProblemError } from './problem.ts';

/** Fastify's errors as problems of this API. */
const byStatus: Record<number, ProblemCode> = {
  400: 'malformed_request',
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

const jsonOnly = 'The body must be JSON, sent as application/json.';

/** Turns any error into a problem. An unexpected error becomes a 500 without internal details. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error.validation);
  const { statusCode, message } = error as FastifyError;
  const code = statusCode === undefined ? undefined : byStatus[statusCode];
  if (code) return new ProblemError(code, code === 'unsupported_media_type' ? jsonOnly : message, { cause: error });
  const internal = new ProblemError('internal_error', 'The service failed; its log has the request id.', {
    cause: error,
  });
  return platformProblem(error) ?? internal;
}

/** The problem document with the fields of the request. */
export function problemDocument(error: ProblemError, request: FastifyRequest) {
  ensureTrace(request);
  recordFailure(request.span, error.problem.code, error.problem.status);
  return {
    ...error.problem,
    instance: request.url.split('?', 1)[0] ?? request.url,
    request_id: request.id,
    trace_id: request.trace.traceId,
  };
}

/** Answers every error of the app, and every unknown route, with an RFC 9457 problem. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new ProblemError('not_found', `There is no ${request.method} ${request.url.split('?', 1)[0]}.`),
      request,
      reply,
    ),
  );
}

/** Answers with the problem of an error; under /v1, with OpenAI's error object. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblemError(error);
  const { status } = problem.problem;
  if (status >= 500) request.log.error({ err: error, code: problem.problem.code }, 'request failed');
  // Closing now would reset the connection while the body arrives, and lose the answer. Node discards the body instead.
  if (status === 413) reply.removeHeader('connection');
  if (speaksOpenAi(request.url)) return sendOpenAiError(error, problem, request, reply);
  return reply
    .code(status)
    .headers({ 'x-request-id': request.id, ...problem.headers })
    .type('application/problem+json')
    .send(problemDocument(problem, request));
}

type Issue = { instancePath: string; message?: string | undefined; params: unknown };

function invalidRequest(issues: readonly Issue[]): ProblemError {
  const errors = issues.flatMap((issue) => {
    const keys = (issue.params as { keys?: string[] }).keys ?? [];
    const field = issue.instancePath.slice(1).replaceAll('/', '.');
    if (keys.length > 0)
      return keys.map((key) => ({ field: field ? `${field}.${key}` : key, message: 'unknown field' }));
    return [{ field: field || 'body', message: issue.message ?? 'not valid' }];
  });
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ProblemError('invalid_request', detail, { extra: { errors } });
}
