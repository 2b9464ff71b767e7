import { randomUUID } from 'node:crypto';
import type { Metrics } from '../operations/metrics.ts';
import type { TraceContext } from '../tracing/context.ts';
import { modelSpan } from '../tracing/model.ts';
import type { Records } from './records.ts';

/** The purposes of model calls, with the default capability of each. */
const capabilities = {
  route: 'sql',
  generate: 'sql',
  repair: 'sql',
  answer: 'ask',
  embed: 'embeddings',
  chat: 'chat',
  completion: 'completions',
  inference: 'inference',
  batch: 'batch',
  draft: 'orchestration',
  critique: 'orchestration',
  revise: 'orchestration',
} as const;

export type Purpose = keyof typeof capabilities;
type Capability = (typeof capabilities)[Purpose] | 'documents';

/** The caller of a model, for the record of the call. */
export type CallContext = {
  signal: AbortSignal;
  trace: TraceContext;
  requestId: string;
  userId?: string | undefined;
  /** The capability, if it is not the default of `purpose`. */
  capability?: Capability;
};

/** The usage that a model server reports; embeddings have no completion tokens. */
export type TokenCounts = { prompt_tokens?: number | undefined; completion_tokens?: number | undefined };

/** One call being made. */
export type Call = {
  /** Headers that pass the trace on. The call is a span. */
  headers: Record<string, string>;
  /** Records the backend of the call. */
  sentTo(backend: string): void;
  /** Counts and stores the call, only once. @param status `ok`, `aborted`, or `failed:` with a problem code */
  end(status: string, usage?: TokenCounts): Promise<void>;
};

export type Ledger = ReturnType<typeof createLedger>;

/** Opens calls: measures the time of each, counts its tokens in the metrics, and stores its row. */
export function createLedger(metrics: Metrics, records: Records) {
  return function open(purpose: Purpose, model: string, context: CallContext): Call {
    const startedAt = new Date();
    const started = performance.now();
    const span = modelSpan(purpose, model, context.trace);
    const stopTimer = metrics.modelDuration.startTimer({ purpose });
    let backend: string | null = null;
    let open = true;
    return {
      headers: span.headers,
      sentTo(id) {
        backend = id;
      },
      async end(status, usage) {
        if (!open) return;
        open = false;
        span.end(status, usage);
        stopTimer({ outcome: status.replace(/^failed:/, '') });
        const { prompt_tokens: prompt, completion_tokens: completion } = usage ?? {};
        if (prompt) metrics.modelTokens.inc({ purpose, kind: 'prompt', model }, prompt);
        if (completion) metrics.modelTokens.inc({ purpose, kind: 'completion', model }, completion);
        // A call that reached no model used no tokens.
        if (backend === null) return;
        await records.save({
          id: randomUUID(),
          request_id: context.requestId,
          user_id: context.userId ?? null,
          capability: context.capability ?? capabilities[purpose],
          purpose,
          model,
          backend,
          prompt_tokens: prompt ?? null,
          completion_tokens: completion ?? null,
          status,
          started_at: startedAt,
          duration_ms: Math.round(performance.now() - started),
        });
      },
    };
  };
}
