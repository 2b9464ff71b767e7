import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import type { Database } from '../databases/database.ts';
import type { Completion } from '../model/chunks.ts';
import type { CallContext, CompletionRequest, ModelClient } from '../model/client.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Rows } from './execute.ts';
import type { ValueLookup } from './values/lookup.ts';

/** The services of the sql capability. */
export type SqlDependencies = {
  config: Config;
  databases: ReadonlyMap<string, Database>;
  model: ModelClient;
  metrics: Metrics;
  values: ValueLookup;
};

/** Progress events for the caller: streamed answers send them, plain ones ignore them. */
type SqlEvents = {
  progress: { stage: 'routing' | 'generating' | 'executing' | 'repairing'; attempt: number };
  database: { database: string | null; confidence: number };
  token: { text: string };
  sql: { sql: string; attempt: number };
  rows: Rows;
};
export type Tell = <Name extends keyof SqlEvents>(event: Name, data: SqlEvents[Name]) => void;

type Phase = 'route_ms' | 'generate_ms' | 'execute_ms';

/** A question that is being answered, with its timings, its usage and its listener. */
export type Question = {
  text: string;
  signal: AbortSignal;
  log: FastifyBaseLogger;
  tell: Tell;
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  timings: Record<Phase, number>;
  /** Calls the model and counts its tokens. */
  ask(request: CompletionRequest): Promise<Completion>;
  /** Measures how long `work` takes. */
  timed<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
};

export function newQuestion(
  text: string,
  model: ModelClient,
  context: CallContext & { log: FastifyBaseLogger; tell: Tell },
): Question {
  const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const timings = { route_ms: 0, generate_ms: 0, execute_ms: 0 };
  return {
    text: text.trim(),
    signal: context.signal,
    log: context.log,
    tell: context.tell,
    usage,
    timings,
    async ask(request) {
      const completion = await model.complete(request, context);
      usage.prompt_tokens += completion.usage?.prompt_tokens ?? 0;
      usage.completion_tokens += completion.usage?.completion_tokens ?? 0;
      usage.total_tokens += completion.usage?.total_tokens ?? 0;
      return completion;
    },
    async timed(phase, work) {
      const started = performance.now();
      try {
        return await work();
      } finally {
        timings[phase] += performance.now() - started;
      }
    },
  };
}
