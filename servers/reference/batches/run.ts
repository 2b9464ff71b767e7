import { toProblemError } from '../errors/handling.ts';
import { completionOf, promptProblem } from '../realtime/prompts.ts';
import type { PlatformServices } from '../services.ts';
import { tenths } from '../tenths.ts';
import { inJobSpan } from '../tracing/jobs.ts';
import type { Claim, ClaimedBatch, end } from './claims.ts';

type Ending = Parameters<typeof end>[3];

/**
 * Runs one item.
 *
 * @param signal aborts when this worker no longer holds the item, or the service stops
 * @returns the item's outcome; never throws
 */
export async function runItem(
  { model, config }: Pick<PlatformServices, 'model' | 'config'>,
  { prompt, attempts }: Claim,
  batch: ClaimedBatch,
  signal: AbortSignal,
): Promise<Ending> {
  const started = performance.now();
  try {
    const completion = await inJobSpan('batch item', batch.trace, (trace) =>
      model.complete(
        { purpose: 'batch', ...completionOf(prompt, batch.model, config.MODEL_MAX_TOKENS) },
        { signal, trace, requestId: batch.request_id, userId: batch.owner },
      ),
    );
    const { text: output, finishReason, usage } = completion;
    const latency_ms = tenths(performance.now() - started);
    return {
      state: 'done',
      result: { output, finish_reason: finishReason ?? null, usage: usage ?? null, latency_ms },
    };
  } catch (error) {
    // An item that was interrupted by a stop has not failed.
    if (signal.aborted) return { state: 'queued', afterSeconds: 0, counts: false };
    const { problem, headers } = toProblemError(promptProblem(error, prompt));
    if (problem.status === 503 && attempts < config.BATCH_MAX_ATTEMPTS)
      return { state: 'queued', afterSeconds: attempts * Number(headers['retry-after'] ?? 1), counts: true };
    return { state: 'failed', error: { code: problem.code, message: problem.detail } };
  }
}
