import { ApiError } from './errors.ts';
import type { FinishReason } from './generation.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Metrics, Outcome } from './metrics.ts';
import type { Drawn, Sampling } from './sampling.ts';
import type { Phases } from './tracing.ts';

/** A request for text, checked and tokenized. */
export type Job = {
  model: LoadedModel;
  modelId: string;
  endpoint: 'chat' | 'completions';
  prompt: Uint32Array;
  maxTokens: number;
  stop: readonly string[];
  sampling: Sampling;
  /** Alternatives per token; undefined: no log probabilities. */
  alternatives: number | undefined;
  choices: number;
  /** See GenerationRequest. */
  reusePrefix: boolean;
};

type Usage = {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
};

export type Listener = {
  text(choice: number, text: string, tokens: readonly Drawn[]): void;
  end(choice: number, reason: FinishReason): void;
  done(usage: Usage): void;
  error(error: ApiError): void;
};

export type Context = {
  metrics: Metrics;
  log(event: string, fields: Record<string, unknown>): void;
  /** Aborted when the server must end what still runs. */
  ending: AbortSignal;
  /** Told how far the request is, where it is traced. */
  phases?: Phases | undefined;
};

/**
 * Starts a job's choices. Returns what abandons them (the client is gone); it does nothing once they are done.
 * Throws a 503 when the queue has no room for all of them.
 */
export function start(job: Job, { metrics, log, ending, phases }: Context, listener: Listener): () => void {
  const { engine } = job.model;
  if (engine.room() < job.choices) {
    throw new ApiError(
      503,
      `All ${job.model.info.slots} slots of '${job.modelId}' are busy and its queue is full; try again soon.`,
      {
        code: 'queue_full',
        retryAfterSeconds: 1,
      },
    );
  }
  const began = performance.now();
  const ended = metrics.began(job.modelId, job.endpoint);
  let open = job.choices;
  let first = true;
  const finish = (outcome: Outcome): Usage => {
    open = 0;
    ending.removeEventListener('abort', shutDown);
    const generated = handles.reduce((sum, handle) => sum + handle.generated(), 0);
    const cached = Math.max(...handles.map((handle) => handle.cached()));
    metrics.tokens(job.modelId, { prompt: job.prompt.length, cached, generated });
    ended(outcome);
    if (outcome === 'ok') phases?.finished({ prompt_tokens: job.prompt.length, completion_tokens: generated });
    return {
      prompt_tokens: job.prompt.length,
      completion_tokens: generated,
      total_tokens: job.prompt.length + generated,
      prompt_tokens_details: { cached_tokens: cached },
    };
  };
  const stop = (outcome: Outcome): void => {
    for (const handle of handles) handle.cancel();
    finish(outcome);
  };
  const fail = (error: ApiError): void => {
    if (open === 0) return;
    stop('error');
    metrics.failed(error.code ?? 'internal_error');
    listener.error(error);
  };
  const shutDown = (): void => fail(new ApiError(503, 'The model server is shutting down.', { code: 'shutting_down' }));
  ending.addEventListener('abort', shutDown);
  const handles = Array.from({ length: job.choices }, (_, choice) =>
    engine.submit({
      prompt: job.prompt,
      reusePrefix: job.reusePrefix,
      maxTokens: job.maxTokens,
      stop: job.stop,
      sampling: { ...job.sampling, seed: job.sampling.seed + choice },
      alternatives: job.alternatives,
      onStart: () => phases?.admitted(),
      onText(text, tokens) {
        if (first) {
          metrics.firstToken(job.modelId, (performance.now() - began) / 1000);
          phases?.firstToken();
        }
        first = false;
        listener.text(choice, text, tokens);
      },
      onEnd(reason) {
        listener.end(choice, reason);
        open--;
        if (open === 0) listener.done(finish('ok'));
      },
      onError(error) {
        log('generation failed', { model: job.modelId, error: error.message });
        fail(new ApiError(500, `The model failed while generating: ${error.message}`, { code: 'generation_failed' }));
      },
    }),
  );
  return () => {
    if (open > 0) stop('cancelled');
  };
}
