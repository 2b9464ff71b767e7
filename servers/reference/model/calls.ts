import { randomUUID } from 'node:crypto';
import type { Metrics } from '../operations/metrics.ts';
import type { TraceContext } from '../tracing/context.ts';
import { modelSpan } from '../tracing/model.ts';
import type { Records } from './records.ts';

/** What a call to a model is for, and the capability that it belongs to unless the caller says otherwise. */
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

/** On whose behalf a model is called; all of it ends up in the record of the call. */
export type CallContext = {
  signal: AbortSignal;
  trace: TraceContext;
  requestId: string;
  userId?: string | undefined;
  /** Where it is not what `purpose` implies. */
  capability?: Capability;
};

/** As a model server reports it; embeddings have no completion. */
export type TokenCounts = { prompt_tokens?: number | undefined; completion_tokens?: number | undefined };

/** One call being made. */
export type Call = {
  /** Pass the trace on: the call is a span of its own. */
  headers: Record<string, string>;
  /** Names the backend that got it. */
  sentTo(backend: string): void;
  /** Counts and stores it, once. @param status `ok`, `aborted` or `failed:` and a problem's code */
  end(status: string, usage?: TokenCounts): Promise<void>;
};

export type Ledger = ReturnType<typeof createLedger>;

/** Opens calls: each is timed, its tokens counted in the metrics, and its row stored. */
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
        // A call that reached no model used none.
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
