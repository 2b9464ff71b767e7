import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What kept a process from doing its work at once, in milliseconds; null where the system does not tell. */
export interface Contention {
  readonly loopLagP99: number;
  readonly loopLagMax: number;
  /** Ready to run, with no processor to run on. */
  readonly waitedForCpu: number | null;
  /** Taken off a processor while it still had work. */
  readonly preempted: number;
  /** Of all the machine's processors, taken by other machines. */
  readonly stolen: number | null;
}

const RESOLUTION_MS = 1;
const TICK_MS = 10;

/** Watches this process; the function that it returns says what happened since. */
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

/** A number of the first line of one of Linux's own files. */
function field(path: string, index: number, unit: number): number | null {
  try {
    const value = Number(readFileSync(path, 'utf8').split('\n', 1)[0]?.trim().split(/\s+/)[index]);
    return Number.isFinite(value) ? value * unit : null;
  } catch {
    return null;
  }
}
