import http from 'node:http';

export interface Heard {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** The error that broke it off; undefined where it is complete. */
  error: string | undefined;
  /** Milliseconds. */
  headersAt: number;
  ms: number;
}

/** Sends a request with a plain HTTP client, without any code of the harness. */
export function ask(
  url: string,
  stream: boolean,
  { path = '/v1/chat/completions', leaveAfter = 3_000 } = {},
): Promise<Heard> {
  const began = performance.now();
  const heard: Heard = { status: undefined, headers: {}, text: '', error: undefined, headersAt: 0, ms: 0 };
  const { promise, resolve } = Promise.withResolvers<Heard>();
  const end = (error?: string): void => resolve({ ...heard, error, ms: performance.now() - began });
  const body = JSON.stringify({
    model: 'plumbline-tiny',
    messages: [{ role: 'user', content: 'Hello, respond briefly' }],
    max_tokens: 24,
    stream,
  });
  const request = http.request(`${url}${path}`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(leaveAfter),
  });
  request.once('error', (error: Error & { code?: string }) => end(error.code ?? error.message));
  request.once('response', (response) => {
    Object.assign(heard, { status: response.statusCode, headers: response.headers });
    heard.headersAt = performance.now() - began;
    response.setEncoding('utf8').on('data', (chunk: string) => (heard.text += chunk));
    response.once('error', (error: Error & { code?: string }) => end(error.code ?? error.message));
    response.once('end', () => end());
  });
  request.end(body);
  return promise;
}

export const jsonOf = (heard: Heard): Record<string, unknown> => JSON.parse(heard.text) as Record<string, unknown>;
