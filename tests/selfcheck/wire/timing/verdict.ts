import { type Quantiles, quantiles } from '../../../../fixtures/wire/latency/percentile.ts';
import type { Contention } from './contention.ts';

/** One figure of one event from two readers: its distance from the emitter's own stamp, in milliseconds. */
export interface Pair {
  readonly recorded: number;
  /** The distance of a bare socket reader that runs in the recorder's event loop at the same time. */
  readonly bare: number;
}

export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly recorded: Quantiles | null;
  readonly bare: Quantiles | null;
  /** How much the recorder's error exceeds the bare reader's, event by event. */
  readonly own: Quantiles | null;
  readonly reason: string;
}

/** The largest error of the recorder that is allowed at p99. */
export const LIMIT_MS = 1;

/** The recorder fails only where its surplus of late events is at least this many standard deviations from chance. */
const SIGNIFICANT = 5;

/**
 * Pass: the error is within the limit at p99. Fail: it is not, and the recorder was late where the bare reader was not
 * on far more events than the other way round; what delays the process delays both readers alike. Inconclusive:
 * otherwise, because the machine was too busy to tell.
 */
export function verdictOf(pairs: readonly Pair[], limit = LIMIT_MS): Verdict {
  const recorded = quantiles(pairs.map((pair) => pair.recorded));
  const bare = quantiles(pairs.map((pair) => pair.bare));
  const own = quantiles(pairs.map((pair) => Math.max(0, pair.recorded - pair.bare)));
  const result = (verdict: Verdict['verdict'], reason: string): Verdict => ({ verdict, recorded, bare, own, reason });
  if (!recorded || !bare) return result('inconclusive', 'nothing was measured');
  if (recorded.p99 <= limit) return result('pass', `within ${limit} ms at p99`);

  const worse = pairs.filter((pair) => pair.recorded - pair.bare > limit).length;
  const better = pairs.filter((pair) => pair.bare - pair.recorded > limit).length;
  const counts = `of ${pairs.length} events the recorder alone was more than ${limit} ms off on ${worse}, the bare reader alone on ${better}`;
  const surplus = worse - better > SIGNIFICANT * Math.sqrt(worse + better);
  return surplus
    ? result('fail', `the machine does not explain the delay: ${counts}`)
    : result('inconclusive', `the machine was too busy to tell: ${counts}`);
}

/** The verdict for several figures: it fails if one fails, and passes only if all pass. */
export function worst(verdicts: readonly Verdict[]): Verdict['verdict'] {
  const all = verdicts.map(({ verdict }) => verdict);
  if (all.includes('fail')) return 'fail';
  return all.length > 0 && all.every((verdict) => verdict === 'pass') ? 'pass' : 'inconclusive';
}

/** What delayed a process, as one line of text. */
export const inWords = (whose: string, contention: Contention): string =>
  `${whose}: event-loop lag p99 ${contention.loopLagP99.toFixed(2)} ms, max ${contention.loopLagMax.toFixed(1)} ms, ` +
  `waited for a processor ${inMs(contention.waitedForCpu)}, preempted ${contention.preempted} times, ` +
  `stolen from the machine ${inMs(contention.stolen)}`;

const inMs = (ms: number | null): string => (ms === null ? 'unknown' : `${ms.toFixed(1)} ms`);
