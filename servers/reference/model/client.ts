import type { Dispatcher } from 'undici';
import type { BackendPool } from '../backends/pool.ts';
import type { Config } from '../config.ts';
import type { CallContext, Purpose, TokenCounts } from './calls.ts';
import type { Completion } from './chunks.ts';
import { totalDeadline } from './deadline.ts';
import { type Embeddings, readEmbeddings } from './embeddings.ts';
import { listModels } from './list.ts';
import { readCompletion } from './read.ts';
import type { ModelRequest, Send } from './send.ts';

export type { CallContext } from './calls.ts';
export type Message = { role: 'system' | 'user' | 'assistant'; content: string };
export type CompletionRequest = {
  purpose: Purpose;
  /** Default: MODEL_ID. */
  model?: string;
  messages: readonly Message[];
  /** Default: as many as fit into the model's context. */
  maxTokens?: number | undefined;
  temperature?: number;
  seed?: number;
  stop?: readonly string[];
  /** How many of the likeliest tokens to return for each position, up to 20. */
  alternatives?: number;
  /** Other parameters of OpenAI's API; those above take precedence. */
  parameters?: Readonly<Record<string, unknown>>;
  onText?: (text: string) => void;
};
export type ModelClient = ReturnType<typeof createModelClient>;

/** A client of the model backends. Completions are always streamed, so that a lost connection stops generation. */
export function createModelClient(config: Config, backends: BackendPool, send: Send) {
  /** Sends, reads and records one call. */
  const exchange = async <T extends { usage: TokenCounts | undefined }>(
    request: Omit<ModelRequest, 'deadline'>,
    context: CallContext,
    read: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T & { backend: string }> => {
    const begun = await send({ ...request, deadline: totalDeadline(config.MODEL_TIMEOUT_MS) }, context);
    try {
      const answer = await read(begun.response);
      await begun.done(answer.usage);
      return { ...answer, backend: begun.backend };
    } catch (error) {
      throw await begun.broke(error);
    }
  };

  return {
    /**
     * @returns the model's answer, and the backend that gave it
     * @throws ProblemError 502, 503 or 504 naming the model; the signal's reason if it aborted
     */
    complete(ask: CompletionRequest, context: CallContext): Promise<Completion & { backend: string }> {
      const model = ask.model ?? config.MODEL_ID;
      return exchange(
        {
          purpose: ask.purpose,
          model,
          path: '/v1/chat/completions',
          accept: 'text/event-stream',
          body: completionBody(ask, model, config.MODEL_SEED),
        },
        context,
        (response) => readCompletion(response, ask.onText ?? (() => {})),
      );
    },

    /**
     * One vector for each text, in the same order, from EMBEDDING_MODEL_ID.
     *
     * @param texts at most 2048, none of them empty, each within the model's context
     * @throws as `complete` does
     */
    embed(texts: readonly string[], context: CallContext): Promise<Embeddings> {
      const model = config.EMBEDDING_MODEL_ID ?? config.MODEL_ID;
      return exchange(
        { purpose: 'embed', model, path: '/v1/embeddings', accept: 'application/json', body: { model, input: texts } },
        context,
        (response) => readEmbeddings(response, texts.length),
      );
    },

    /** The ids of the models that the backends list. @throws ProblemError, or an error of the transport */
    async listModels(signal: AbortSignal): Promise<string[]> {
      return (await listModels(backends.all, signal)).map(({ id }) => id);
    },
  };
}

/** Temperature 0 and a fixed seed, so that the same question gets the same answer. */
function completionBody(ask: CompletionRequest, model: string, seed: number) {
  return {
    temperature: 0,
    seed,
    ...ask.parameters,
    model,
    messages: ask.messages,
    ...(ask.temperature === undefined ? {} : { temperature: ask.temperature }),
    ...(ask.seed === undefined ? {} : { seed: ask.seed }),
    ...(ask.maxTokens === undefined ? {} : { max_tokens: ask.maxTokens }),
    ...(ask.stop ? { stop: ask.stop } : {}),
    stream: true,
    stream_options: { include_usage: true },
    logprobs: true,
    top_logprobs: ask.alternatives ?? 1,
  };
}
