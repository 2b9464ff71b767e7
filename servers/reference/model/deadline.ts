/** A time limit on a call. */
export type Deadline = { signal: AbortSignal /** Begins the time anew. */; extend(): void; clear(): void };

/** One whose time can be stopped: `hold` stops it until it is begun anew. */
export type IdleDeadline = Deadline & { hold(): void };

/** Aborts with a TimeoutError when `ms` have passed since the last sign of life, or `totalMs` since now. */
export function idleDeadline(ms: number, totalMs?: number): IdleDeadline {
  const late = new AbortController();
  const giveUp = (why: string) => late.abort(new DOMException(why, 'TimeoutError'));
  let held = false;
  // Held and extended for every token: a flag is cheaper than another timer.
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
