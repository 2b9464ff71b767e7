import type { Pace } from '../../../fixtures/load/pacing.ts';
import { type LoadResult, resultOf } from '../../../fixtures/load/result.ts';
import { createRows, type Row } from '../../../fixtures/load/rows.ts';

/** Values of an exponential distribution: as skewed as latencies are. */
export const exponential = (random: { next(): number }, n: number, mean: number): number[] =>
  Array.from({ length: n }, () => -mean * Math.log(1 - random.next()));

const pace: Pace = { kind: 'open', stages: [{ from: 20, to: 20, seconds: 5 }] };

interface Made {
  readonly latencies: readonly number[];
  /** How late each was sent, in milliseconds. */
  readonly lag?: number;
  readonly busy?: number;
  readonly starved?: number;
  readonly loopLagP99?: number;
  /** How late the calibration server seemed, at p95. */
  readonly overhead?: number;
  /** Share of a processor that other processes left. */
  readonly processorShare?: number;
  /** How many of them got no right answer. */
  readonly failed?: number;
  readonly stream?: Partial<Row>;
  /** Milliseconds between two requests. Default 50. */
  readonly everyMs?: number;
}

/** The result of a load with these latencies, without sending any request. */
export function made({ latencies, lag = 0.2, failed = 0, stream = {}, everyMs = 50, ...rest }: Made): LoadResult {
  const rows = createRows();
  for (const [i, ms] of latencies.entries())
    rows.push({
      i,
      due: i * everyMs,
      sent: i * everyMs + lag,
      done: i * everyMs + ms,
      kind: i < failed ? 'refused' : 'ok',
      ttft: NaN,
      itl: NaN,
      tokensPerSecond: NaN,
      ...stream,
    });
  const { busy = 0, starved = 0, loopLagP99 = 1.5, overhead = 0.6, processorShare = 1 } = rest;
  return resultOf(
    {
      rows,
      failures: new Map(failed > 0 ? [['refused 503', { n: failed, detail: '' }]] : []),
      lateness: { busy, starved },
      loopLag: { p99: loopLagP99, max: loopLagP99, samples: 100 },
    },
    {
      title: 'made up',
      pace,
      warmup: 0,
      calibration: {
        n: 60,
        overhead: { p50: overhead, p95: overhead, p99: overhead, max: overhead },
        loopLagP99: 1,
        processorShare,
      },
    },
  );
}
