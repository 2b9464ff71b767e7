import { request } from 'undici';
import { isUnsent } from '../../../fixtures/wire/unsent.ts';
import { CliError } from '../cli-error.ts';

/** A service's reply to one request of the probe. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

/** Asks the service; the headers carry the key. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Reply>;

const replyMs = 30_000;

/** @throws a CliError where no answer comes: every question of the probe can be answered by any service */
export function asking(base: string, headers: Readonly<Record<string, string>>): Ask {
  return async (method, path, body) => {
    try {
      const answer = await request(`${base}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        signal: AbortSignal.timeout(replyMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      const type = String(answer.headers['content-type'] ?? '');
      return { status: answer.statusCode, type, text, json: parsed(text) };
    } catch (error) {
      if (isUnsent(error))
        throw new CliError(
          `Plumbline’s own client refuses to send ${method} ${path} (${error.message}): correct TARGET_API_KEY or the path.`,
        );
      const { name, code, message } = error as Error & { code?: string };
      const why = name === 'TimeoutError' ? `no answer within ${replyMs / 1_000} s` : (code ?? message);
      throw new CliError(
        `No service answers at ${base} (${why}; ${method} ${path}). Is it running, and is that its address?`,
      );
    }
  };
}

export const succeeded = ({ status }: Reply): boolean => status >= 200 && status < 300;
export const refusesKey = ({ status }: Reply): boolean => status === 401 || status === 403;
/** Whether the endpoint exists, by its answer to an empty body: a refusal of the body says that it does. */
export const exists = (reply: Reply): boolean =>
  reply.status !== 404 && reply.status !== 405 && reply.status < 500 ? !refusesKey(reply) : false;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
