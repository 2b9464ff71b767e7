import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Problem, ProblemError } from '../errors/problem.ts';
import { ensureTrace, recordFailure } from '../tracing/requests.ts';

const openAiError = z
  .object({
    error: z.looseObject({
      message: z.string(),
      type: z.string().nullable(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiError', description: "OpenAI's error object" });

type ErrorBody = { error: { message: string; type: string; param: string | null; code: string | null } };

/** An error in OpenAI's shape: passed on from a model server, or the service's own under /v1. */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(status: number, message: string, { param, code }: { param?: string | null; code?: string | null } = {}) {
    super(message);
    this.status = status;
    this.param = param ?? null;
    this.code = code ?? null;
  }
}

/** Whether a path belongs to OpenAI's API, which has its own shape of errors. */
export const speaksOpenAi = (url: string): boolean => /^\/v1([/?]|$)/.test(url);

/** Answers in OpenAI's shape. @param problem the problem that other routes would answer */
export function sendOpenAiError(
  error: unknown,
  problem: ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, body } = openAiAnswer(error, problem);
  ensureTrace(request);
  recordFailure(request.span, body.error.code ?? body.error.type, status);
  return reply
    .code(status)
    .headers({ 'x-request-id': request.id, ...problem.headers })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** Status and error object for any error. */
export function openAiAnswer(error: unknown, { problem }: ProblemError): { status: number; body: ErrorBody } {
  if (error instanceof OpenAiError) return { status: error.status, body: bodyOf(error.status, error) };
  if (hasZodFastifySchemaValidationErrors(error)) return { status: 400, body: bodyOf(400, invalid(error.validation)) };
  const { status, detail } = problem;
  return { status, body: bodyOf(status, { message: detail, param: fieldOf(problem), code: codeOf(problem) }) };
}

function bodyOf(status: number, { message, param, code }: Pick<OpenAiError, 'message' | 'param' | 'code'>): ErrorBody {
  return { error: { message, type: typeOf(status), param, code } };
}

const types: Record<number, string> = { 401: 'authentication_error', 403: 'permission_error', 429: 'rate_limit_error' };
const typeOf = (status: number): string => types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');

/** OpenAI's name for a problem code, if it has one. */
const names: Record<string, string> = {
  unknown_model: 'model_not_found',
  not_found: 'unknown_url',
  malformed_request: 'invalid_json',
  body_too_large: 'request_too_large',
  not_signed_in: 'invalid_api_key',
  invalid_token: 'invalid_api_key',
};
const codeOf = ({ code }: Problem): string => names[code] ?? code;

const fieldOf = (problem: Problem): string | null => {
  const [first] = (problem['errors'] as { field?: string }[] | undefined) ?? [];
  return first?.field ?? null;
};

type Issue = { instancePath: string; message?: string | undefined; params: unknown };

/** The first invalid field, named as OpenAI names it: `messages[0].role`. */
function invalid(issues: readonly Issue[]): Pick<OpenAiError, 'message' | 'param' | 'code'> {
  const [issue] = issues;
  const path = issue?.instancePath.split('/').slice(1) ?? [];
  const param = path.reduce((name, key) => (/^\d+$/.test(key) ? `${name}[${key}]` : name ? `${name}.${key}` : key), '');
  if (param === '') return { message: 'The body must be a JSON object.', param: null, code: 'invalid_json' };
  const missing = /received undefined/.test(issue?.message ?? '');
  return missing
    ? { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' }
    : { message: `Invalid '${param}': ${issue?.message ?? 'not valid'}.`, param, code: 'invalid_value' };
}

const described = (description: string) => ({ description, content: { 'application/json': { schema: openAiError } } });

/**
 * The `response` entries of a route under /v1 for the statuses it can fail with, besides those that every route shares.
 *
 * @param statuses for each HTTP status, a sentence on when it is sent
 */
export function openAiFailures<S extends number>(statuses: Record<S, string>) {
  const all: Record<number, string> = {
    ...statuses,
    401: 'An API key or access token is missing or not valid',
    429: 'Too many requests',
    500: 'A fault of the service itself',
    503: 'Stopping, or no model backend is available',
  };
  return Object.fromEntries(Object.entries(all).map(([status, text]) => [status, described(text)])) as Record<
    S | 401 | 429 | 500 | 503,
    ReturnType<typeof described>
  >;
}
