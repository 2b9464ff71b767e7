import { type Quantiles, quantiles } from '../../../../fixtures/wire/latency/percentile.ts';
import type { Contention } from './contention.ts';

/** One figure of one event as two readers have it: how far, in milliseconds, it is from the emitter's own stamp. */
export interface Pair {
  readonly recorded: number;
  /** Of a bare socket reader in the recorder's event loop, at the same time. */
  readonly bare: number;
}

export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly recorded: Quantiles | null;
  readonly bare: Quantiles | null;
  /** What the recorder's error is more than the bare reader's, event by event: the recorder's own. */
  readonly own: Quantiles | null;
  readonly reason: string;
}

/** The promise: so near to the truth is the recorder at p99. */
export const LIMIT_MS = 1;

/** As many standard deviations must the recorder's surplus of late events be from chance before it is blamed. */
const SIGNIFICANT = 5;

/**
 * Pass: within the limit at p99. Fail: not, and the recorder was late by more than the limit where the bare reader was
 * not, on many more events than the other way round: what delays a process delays both alike. Else the machine was too
 * busy to tell, which is neither.
 */
export function verdictOf(pairs: readonly Pair[], limit = LIMIT_MS): Verdict {
  const recorded = quantiles(pairs.map((pair) => pair.recorded));
  const bare = quantiles(pairs.map((pair) => pair.bare));
  const own = quantiles(pairs.map((pair) => Math.max(0, pair.recorded - pair.bare)));
  const say = (verdict: Verdict['verdict'], reason: string): Verdict => ({ verdict, recorded, bare, own, reason });
  if (!recorded || !bare) return say('inconclusive', 'nothing was measured');
  if (recorded.p99 <= limit) return say('pass', `within ${limit} ms at p99`);

  const worse = pairs.filter((pair) => pair.recorded - pair.bare > limit).length;
  const better = pairs.filter((pair) => pair.bare - pair.recorded > limit).length;
  const counts = `of ${pairs.length} events the recorder alone was more than ${limit} ms off on ${worse}, the bare reader alone on ${better}`;
  const surplus = worse - better > SIGNIFICANT * Math.sqrt(worse + better);
  return surplus
    ? say('fail', `the machine does not explain it: ${counts}`)
    : say('inconclusive', `the machine was too busy to tell: ${counts}`);
}

/** One verdict for several figures: one that fails fails all, and all must pass. */
export function worst(verdicts: readonly Verdict[]): Verdict['verdict'] {
  const all = verdicts.map(({ verdict }) => verdict);
  if (all.includes('fail')) return 'fail';
  return all.length > 0 && all.every((verdict) => verdict === 'pass') ? 'pass' : 'inconclusive';
}

/** For people: what kept each process from its work. */
export const inWords = (whose: string, contention: Contention): string =>
  `${whose}: event-loop lag p99 ${contention.loopLagP99.toFixed(2)} ms, max ${contention.loopLagMax.toFixed(1)} ms, ` +
  `waited for a processor ${told(contention.waitedForCpu)}, preempted ${contention.preempted} times, ` +
  `stolen from the machine ${told(contention.stolen)}`;

const told = (ms: number | null): string => (ms === null ? 'unknown' : `${ms.toFixed(1)} ms`);
