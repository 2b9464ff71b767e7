import type { Dispatcher } from 'undici';
import { dependencyProblem, ProblemError } from '../errors/problem.ts';

const contextOverflow = /context_length_exceeded|exceed_context_size|context (length|size|window)|maximum context/i;

type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>;

const retryAfter = ({ headers }: Answer): string | undefined => [headers['retry-after']].flat()[0];

/** Whether a backend answered that it is overloaded. Such a backend works, so this is not a failure. */
export const busy = (answer: Answer): boolean =>
  answer.statusCode === 429 || (answer.statusCode === 503 && retryAfter(answer) !== undefined);

/** The problem for an HTTP status other than 200 from the model server. `body` is inspected, but not passed on. */
export function statusProblem(answer: Answer, body: string): ProblemError {
  const status = answer.statusCode;
  if ((status === 400 || status === 413 || status === 422) && contextOverflow.test(body))
    return new ProblemError('question_too_long', 'The question and the schema do not fit the context of the model.', {
      extra: { errors: [{ field: 'question', message: "does not fit the model's context" }] },
    });
  if (status === 503 || status === 429) {
    const after = retryAfter(answer) ?? '';
    const seconds = /^\d{1,4}$/.test(after) ? Number(after) : 1;
    return dependencyProblem('model_unavailable', 'model', `The model server is busy or loading (HTTP ${status}).`, {
      retryAfterSeconds: seconds,
    });
  }
  if (status === 504)
    return dependencyProblem('model_timeout', 'model', 'The model server gave up waiting (HTTP 504).');
  return badResponse(`The model server answered HTTP ${status}.`);
}

/** A 502: the model server answered, but violated the protocol. */
export const badResponse = (detail: string, cause?: unknown): ProblemError =>
  dependencyProblem('model_bad_response', 'model', detail, { cause });

/** Whether a call failed before the response began, so that the connection may have been stale. */
export function closedBeforeAnswer(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * The problem for a call that was cut.
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

/** Reads only the beginning of an error body, which is enough to classify it. */
export async function bodyStart(body: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const piece of body) {
    text += piece.toString('utf8');
    if (text.length > 4_096) break;
  }
  return text;
}
