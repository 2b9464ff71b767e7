import { dependencyProblem, ProblemError } from '../errors/problem.ts';

const contextOverflow = /context_length_exceeded|exceed_context_size|context (length|size|window)|maximum context/i;

/** The problem for an HTTP status other than 200 from the model server. `body` is looked at, never passed on. */
export function statusProblem(status: number, retryAfter: string | undefined, body: string): ProblemError {
  if ((status === 400 || status === 413 || status === 422) && contextOverflow.test(body))
    return new ProblemError('question_too_long', 'The question and the schema do not fit the context of the model.', {
      extra: { errors: [{ field: 'question', message: "does not fit the model's context" }] },
    });
  if (status === 503 || status === 429) {
    const seconds = /^\d{1,4}$/.test(retryAfter ?? '') ? Number(retryAfter) : 1;
    return dependencyProblem('model_unavailable', 'model', `The model server is busy or loading (HTTP ${status}).`, {
      retryAfterSeconds: seconds,
    });
  }
  if (status === 504)
    return dependencyProblem('model_timeout', 'model', 'The model server gave up waiting (HTTP 504).');
  return badResponse(`The model server answered HTTP ${status}.`);
}

/** A 502: the model server spoke, but not what was agreed. */
export const badResponse = (detail: string, cause?: unknown): ProblemError =>
  dependencyProblem('model_bad_response', 'model', detail, { cause });

/** Whether a call failed before anything was answered, on a connection that may simply have been stale. */
export function closedBeforeAnswer(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * The problem for a call that broke off.
 *
 * @param answering whether the response had begun
 * @param elapsedMs how long the call had lasted
 */
export function brokenCall(error: unknown, answering: boolean, elapsedMs: number): ProblemError {
  if (error instanceof ProblemError) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  const after = `after ${Math.round(elapsedMs)} ms`;
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return dependencyProblem('model_timeout', 'model', `The model server had not finished ${after}.`, { cause: error });
  if (answering) return badResponse(`The model server broke its answer off ${after}.`, error);
  return dependencyProblem('model_unavailable', 'model', `The model server could not be reached (${after}).`, {
    cause: error,
  });
}
