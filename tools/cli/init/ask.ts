import { request } from 'undici';
import { isUnsent } from '../../../fixtures/wire/unsent.ts';
import { CliError } from '../cli-error.ts';

/** What a service said to one question of the probe. */
export interface Said {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

/** Asks the service; the headers carry the key. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Said>;

const patienceMs = 30_000;

/** @throws a CliError where no answer comes: every question of the probe can be answered by any service */
export function asking(base: string, headers: Readonly<Record<string, string>>): Ask {
  return async (method, path, body) => {
    try {
      const answer = await request(`${base}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        signal: AbortSignal.timeout(patienceMs),
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
      const why = name === 'TimeoutError' ? `no answer within ${patienceMs / 1_000} s` : (code ?? message);
      throw new CliError(
        `No service answers at ${base} (${why}; ${method} ${path}). Is it running, and is that its address?`,
      );
    }
  };
}

export const succeeded = ({ status }: Said): boolean => status >= 200 && status < 300;
export const refusesKey = ({ status }: Said): boolean => status === 401 || status === 403;
/** Whether the endpoint exists, by its answer to an empty body: a refusal of the body says that it does. */
export const exists = (said: Said): boolean =>
  said.status !== 404 && said.status !== 405 && said.status < 500 ? !refusesKey(said) : false;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
