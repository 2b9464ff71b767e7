import type { Dispatcher } from 'undici';
import type { Backend } from '../backends/backend.ts';
import type { Verdict } from '../backends/breaker.ts';
import type { BackendPool } from '../backends/pool.ts';
import type { CallContext, Ledger, Purpose, TokenCounts } from './calls.ts';
import type { Deadline } from './deadline.ts';
import { bodyStart, brokenCall, busy, closedBeforeAnswer, statusProblem } from './failures.ts';

export type ModelRequest = {
  purpose: Purpose;
  model: string;
  path: string;
  accept: string;
  body: unknown;
  deadline: Deadline;
};

/** An answer that has begun, with a status below 500. Exactly one of these methods must be called to end it. */
export type Exchange = {
  backend: string;
  response: Dispatcher.ResponseData;
  /** The answer is complete; resolves when the call is recorded. */
  done(usage: TokenCounts | undefined): Promise<void>;
  /** The backend refused the request, which is not a failure of the backend. @param code for the record */
  refused(code: string): Promise<void>;
  /** The answer was cut. @returns the error to throw: a ProblemError, or the reason of the caller's signal */
  broke(error: unknown): Promise<unknown>;
};

export type Send = ReturnType<typeof createSend>;

/** Sends requests to a backend, and to another one if the first fails before it has answered. */
export function createSend(backends: BackendPool, ledger: Ledger) {
  return async function send(request: ModelRequest, context: CallContext): Promise<Exchange> {
    const first = backends.choose(request.model);
    try {
      return await attempt(first, request, context, ledger);
    } catch (error) {
      if (context.signal.aborted || request.deadline.signal.aborted) throw error;
      const other = tryChoose(backends, request.model, first.id);
      if (!other) throw error;
      return attempt(other, request, context, ledger);
    }
  };
}

function tryChoose(backends: BackendPool, model: string, except: string): Backend | undefined {
  try {
    return backends.choose(model, except);
  } catch {
    return undefined;
  }
}

async function attempt(
  backend: Backend,
  { purpose, model, path, accept, body, deadline }: ModelRequest,
  context: CallContext,
  ledger: Ledger,
): Promise<Exchange> {
  const started = performance.now();
  const signal = AbortSignal.any([context.signal, deadline.signal]);
  const call = ledger(purpose, model, context);
  const leave = backend.enter();
  call.sentTo(backend.id);

  const end = async (verdict: Verdict, status: string, usage?: TokenCounts) => {
    deadline.clear();
    await Promise.all([leave(verdict), call.end(status, usage)]);
  };
  const broke = async (error: unknown, answering: boolean, verdict: Verdict = 'failed'): Promise<unknown> => {
    if (context.signal.aborted) {
      await end('abandoned', 'aborted');
      return context.signal.reason;
    }
    const problem = brokenCall(error, answering, performance.now() - started);
    await end(verdict, `failed:${problem.problem.code}`);
    return problem;
  };

  const headers = { 'content-type': 'application/json', accept, 'x-request-id': context.requestId, ...call.headers };
  const post = () => backend.request(path, { method: 'POST', signal, headers, body: JSON.stringify(body) });
  let response: Dispatcher.ResponseData;
  try {
    response = await post().catch((error: unknown) => {
      // A kept-alive connection may have been closed unnoticed. Generating has no side effect, so a retry is safe.
      if (!signal.aborted && closedBeforeAnswer(error)) return post();
      throw error;
    });
    // An unread body emits an error, which would end the process without a listener.
    response.body.on('error', () => {});
  } catch (error) {
    throw await broke(error, false);
  }
  if (response.statusCode >= 500 || response.statusCode === 429) {
    const verdict = busy(response) ? 'ok' : 'failed';
    const problem = await bodyStart(response.body).then(
      (text) => statusProblem(response, text),
      (error: unknown) => error,
    );
    throw await broke(problem, true, verdict);
  }
  return {
    backend: backend.id,
    response,
    done: (usage) => end('ok', 'ok', usage),
    refused: (code) => end('ok', `failed:${code}`),
    broke: (error) => broke(error, true, response.statusCode >= 400 ? 'ok' : 'failed'),
  };
}
