/** A time limit on a call. */
export type Deadline = { signal: AbortSignal /** Begins the time anew. */; extend(): void; clear(): void };

/** One whose time can be stopped: `hold` stops it until it is begun anew. */
export type IdleDeadline = Deadline & { hold(): void };

/** Aborts with a TimeoutError when `ms` have passed since the last sign of life. */
export function idleDeadline(ms: number): IdleDeadline {
  const late = new AbortController();
  let held = false;
  // Held and extended for every token: a flag is cheaper than another timer.
  const timer = setTimeout(() => {
    if (held) timer.refresh();
    else late.abort(new DOMException(`nothing came for ${ms} ms`, 'TimeoutError'));
  }, ms);
  return {
    signal: late.signal,
    extend() {
      held = false;
      timer.refresh();
    },
    hold() {
      held = true;
    },
    clear: () => clearTimeout(timer),
  };
}

/** Aborts with a TimeoutError when `ms` have passed. */
export const totalDeadline = (ms: number): Deadline => ({
  signal: AbortSignal.timeout(ms),
  extend: () => {},
  clear: () => {},
});
