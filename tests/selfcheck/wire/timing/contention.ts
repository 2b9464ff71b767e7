import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What delayed a process, in milliseconds; null where the system does not report it. */
export interface Contention {
  readonly loopLagP99: number;
  readonly loopLagMax: number;
  /** Time in which the process was ready to run and had no processor. */
  readonly waitedForCpu: number | null;
  /** How often the process lost its processor while it still had work. */
  readonly preempted: number;
  /** Processor time that other virtual machines took, over all processors. */
  readonly stolen: number | null;
}

const RESOLUTION_MS = 1;
const TICK_MS = 10;

/** Watches this process; the returned function reports what happened since. */
export function watchContention(): () => Contention {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const before = counters();
  return () => {
    delay.disable();
    const after = counters();
    // Node measures from one firing of its timer to the next: a loop that is free shows the timer's own interval.
    const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    const between = (of: keyof typeof after): number | null => {
      const [from, to] = [before[of], after[of]];
      return from === null || to === null ? null : to - from;
    };
    return {
      loopLagP99: lag(delay.percentile(99)),
      loopLagMax: delay.count > 0 ? lag(delay.max) : 0,
      waitedForCpu: between('waited'),
      preempted: between('preempted') ?? 0,
      stolen: between('stolen'),
    };
  };
}

const counters = (): { waited: number | null; preempted: number; stolen: number | null } => ({
  waited: field('/proc/self/schedstat', 1, 1e-6),
  preempted: process.resourceUsage().involuntaryContextSwitches,
  stolen: field('/proc/stat', 8, TICK_MS),
});

/** A number from the first line of a file under /proc. */
function field(path: string, index: number, unit: number): number | null {
  try {
    const value = Number(readFileSync(path, 'utf8').split('\n', 1)[0]?.trim().split(/\s+/)[index]);
    return Number.isFinite(value) ? value * unit : null;
  } catch {
    return null;
  }
}
