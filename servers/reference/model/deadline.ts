/** A time limit on a call. */
export type Deadline = { signal: AbortSignal /** Restarts the time. */; extend(): void; clear(): void };

/** A deadline that can be paused: `hold` stops its time until `extend`. */
export type IdleDeadline = Deadline & { hold(): void };

/** Aborts with a TimeoutError `ms` after the last `extend`, or `totalMs` from now. */
export function idleDeadline(ms: number, totalMs?: number): IdleDeadline {
  const late = new AbortController();
  const giveUp = (why: string) => late.abort(new DOMException(why, 'TimeoutError'));
  let held = false;
  // Called for every token, and a flag is cheaper than a new timer.
  const timer = setTimeout(() => {
    if (held) timer.refresh();
    else giveUp(`nothing came for ${ms} ms`);
  }, ms);
  const end = totalMs === undefined ? undefined : setTimeout(() => giveUp(`no end came within ${totalMs} ms`), totalMs);
  return {
    signal: late.signal,
    extend() {
      held = false;
      timer.refresh();
    },
    hold() {
      held = true;
    },
    clear() {
      clearTimeout(timer);
      clearTimeout(end);
    },
  };
}

/** Aborts with a TimeoutError when `ms` have passed. */
export const totalDeadline = (ms: number): Deadline => ({
  signal: AbortSignal.timeout(ms),
  extend: () => {},
  clear: () => {},
});
