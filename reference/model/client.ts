import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../config.ts';
import type { Metrics } from '../operations/metrics.ts';
import { type TraceContext, traceHeaders } from '../operations/trace.ts';
import type { Completion } from './chunks.ts';
import { brokenCall, closedBeforeAnswer, statusProblem } from './failures.ts';
import { readCompletion } from './read.ts';

export type Message = { role: 'system' | 'user' | 'assistant'; content: string };
export type CompletionRequest = {
  purpose: 'route' | 'generate' | 'repair';
  messages: readonly Message[];
  maxTokens: number;
  temperature?: number;
  seed?: number;
  stop?: readonly string[];
  onText?: (text: string) => void;
};
export type CallContext = { signal: AbortSignal; trace: TraceContext; requestId: string };
export type ModelClient = ReturnType<typeof createModelClient>;

/** A client of any OpenAI-compatible server. Answers are always streamed, so that a lost client stops generation. */
export function createModelClient(config: Config, metrics: Metrics) {
  const base = config.MODEL_SERVER_URL.replace(/\/+$/, '').replace(/\/v1$/, '');
  const agent = new Agent({ connect: { timeout: 2_000 }, headersTimeout: 0, bodyTimeout: 0 });
  const authorization = config.MODEL_SERVER_API_KEY ? { authorization: `Bearer ${config.MODEL_SERVER_API_KEY}` } : {};

  const request = (path: string, options: Partial<Dispatcher.RequestOptions> & { signal: AbortSignal }) => {
    const { origin, pathname } = new URL(base + path);
    const headers = { ...authorization, ...(options.headers as Record<string, string>) };
    return agent.request({ origin, path: pathname, method: 'GET', ...options, headers });
  };

  return {
    /** @throws ProblemError 502, 503 or 504 naming the model; the signal's reason when that aborted */
    async complete(ask: CompletionRequest, context: CallContext): Promise<Completion> {
      const started = performance.now();
      const deadline = AbortSignal.timeout(config.MODEL_TIMEOUT_MS);
      const signal = AbortSignal.any([context.signal, deadline]);
      const end = metrics.modelDuration.startTimer({ purpose: ask.purpose });
      let answering = false;
      try {
        const send = () =>
          request('/v1/chat/completions', {
            method: 'POST',
            signal,
            headers: {
              'content-type': 'application/json',
              accept: 'text/event-stream',
              'x-request-id': context.requestId,
              ...traceHeaders(context.trace),
            },
            body: JSON.stringify(completionBody(ask, config)),
          });
        const response = await send().catch((error: unknown) => {
          // A kept-alive connection may have died unseen. Generating has no side effect, so once more is safe.
          if (!signal.aborted && closedBeforeAnswer(error)) return send();
          throw error;
        });
        answering = true;
        const completion = await readCompletion(response, ask.onText ?? (() => {}));
        const { prompt_tokens = 0, completion_tokens = 0 } = completion.usage ?? {};
        metrics.modelTokens.inc({ purpose: ask.purpose, kind: 'prompt' }, prompt_tokens);
        metrics.modelTokens.inc({ purpose: ask.purpose, kind: 'completion' }, completion_tokens);
        end({ outcome: 'ok' });
        return completion;
      } catch (error) {
        if (context.signal.aborted) {
          end({ outcome: 'aborted' });
          throw context.signal.reason;
        }
        const problem = brokenCall(error, answering, performance.now() - started);
        end({ outcome: problem.problem.code });
        throw problem;
      }
    },

    /** The ids of the models that the server lists. @throws whatever the transport threw, or ProblemError */
    async listModels(signal: AbortSignal): Promise<string[]> {
      const { statusCode, body } = await request('/v1/models', { signal });
      const text = await body.text();
      if (statusCode !== 200) throw statusProblem(statusCode, undefined, text);
      const { data } = JSON.parse(text) as { data?: { id?: unknown }[] };
      return (data ?? []).map(({ id }) => String(id));
    },

    close: () => agent.destroy(),
  };
}

/** Temperature 0 and a fixed seed: the same question has the same answer. */
function completionBody(ask: CompletionRequest, config: Config) {
  return {
    model: config.MODEL_ID,
    messages: ask.messages,
    temperature: ask.temperature ?? 0,
    seed: ask.seed ?? config.MODEL_SEED,
    max_tokens: ask.maxTokens,
    ...(ask.stop ? { stop: ask.stop } : {}),
    stream: true,
    stream_options: { include_usage: true },
    logprobs: true,
    top_logprobs: 1,
  };
}
