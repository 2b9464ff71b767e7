import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../config.ts';
import type { CallContext, Ledger, Purpose, TokenCounts } from './calls.ts';
import type { Completion } from './chunks.ts';
import { type Embeddings, readEmbeddings } from './embeddings.ts';
import { brokenCall, closedBeforeAnswer, statusProblem } from './failures.ts';
import { readCompletion } from './read.ts';

export type { CallContext } from './calls.ts';
export type Message = { role: 'system' | 'user' | 'assistant'; content: string };
export type CompletionRequest = {
  purpose: Purpose;
  /** MODEL_ID where none is named. */
  model?: string;
  messages: readonly Message[];
  maxTokens: number;
  temperature?: number;
  seed?: number;
  stop?: readonly string[];
  onText?: (text: string) => void;
};
export type ModelClient = ReturnType<typeof createModelClient>;

type Exchange<T> = {
  purpose: Purpose;
  model: string;
  path: string;
  accept: string;
  body: unknown;
  read(response: Dispatcher.ResponseData): Promise<T>;
};

/** A client of any OpenAI-compatible server. Completions are always streamed, so that a lost client stops generation. */
export function createModelClient(config: Config, ledger: Ledger) {
  const base = config.MODEL_SERVER_URL.replace(/\/+$/, '').replace(/\/v1$/, '');
  const agent = new Agent({ connect: { timeout: 2_000 }, headersTimeout: 0, bodyTimeout: 0 });
  const authorization = config.MODEL_SERVER_API_KEY ? { authorization: `Bearer ${config.MODEL_SERVER_API_KEY}` } : {};

  const request = (path: string, options: Partial<Dispatcher.RequestOptions> & { signal: AbortSignal }) => {
    const { origin, pathname } = new URL(base + path);
    const headers = { ...authorization, ...(options.headers as Record<string, string>) };
    return agent.request({ origin, path: pathname, method: 'GET', ...options, headers });
  };

  /** Sends, reads and books one call. */
  const exchange = async <T extends { usage: TokenCounts | undefined }>(
    { purpose, model, path, accept, body, read }: Exchange<T>,
    context: CallContext,
  ): Promise<T> => {
    const started = performance.now();
    const deadline = AbortSignal.timeout(config.MODEL_TIMEOUT_MS);
    const signal = AbortSignal.any([context.signal, deadline]);
    const call = ledger(purpose, model, context);
    let answering = false;
    try {
      const headers = {
        'content-type': 'application/json',
        accept,
        'x-request-id': context.requestId,
        ...call.headers,
      };
      const send = () => request(path, { method: 'POST', signal, headers, body: JSON.stringify(body) });
      call.sentTo('default');
      const response = await send().catch((error: unknown) => {
        // A kept-alive connection may have died unseen. Generating has no side effect, so once more is safe.
        if (!signal.aborted && closedBeforeAnswer(error)) return send();
        throw error;
      });
      answering = true;
      const answer = await read(response);
      await call.end('ok', answer.usage);
      return answer;
    } catch (error) {
      if (context.signal.aborted) {
        await call.end('aborted');
        throw context.signal.reason;
      }
      const problem = brokenCall(error, answering, performance.now() - started);
      await call.end(`failed:${problem.problem.code}`);
      throw problem;
    }
  };

  return {
    /** @throws ProblemError 502, 503 or 504 naming the model; the signal's reason when that aborted */
    complete(ask: CompletionRequest, context: CallContext): Promise<Completion> {
      const model = ask.model ?? config.MODEL_ID;
      return exchange(
        {
          purpose: ask.purpose,
          model,
          path: '/v1/chat/completions',
          accept: 'text/event-stream',
          body: completionBody(ask, model, config.MODEL_SEED),
          read: (response) => readCompletion(response, ask.onText ?? (() => {})),
        },
        context,
      );
    },

    /**
     * One vector a text, in the order of the texts, by EMBEDDING_MODEL_ID.
     *
     * @param texts at most 2048, none of them empty, each within the model's context
     * @throws as `complete` does
     */
    embed(texts: readonly string[], context: CallContext): Promise<Embeddings> {
      const model = config.EMBEDDING_MODEL_ID ?? config.MODEL_ID;
      return exchange(
        {
          purpose: 'embed',
          model,
          path: '/v1/embeddings',
          accept: 'application/json',
          body: { model, input: texts },
          read: (response) => readEmbeddings(response, texts.length),
        },
        context,
      );
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
function completionBody(ask: CompletionRequest, model: string, seed: number) {
  return {
    model,
    messages: ask.messages,
    temperature: ask.temperature ?? 0,
    seed: ask.seed ?? seed,
    max_tokens: ask.maxTokens,
    ...(ask.stop ? { stop: ask.stop } : {}),
    stream: true,
    stream_options: { include_usage: true },
    logprobs: true,
    top_logprobs: 1,
  };
}
