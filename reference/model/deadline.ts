/** A time limit on a call. */
export type Deadline = { signal: AbortSignal /** Begins the time anew. */; extend(): void; clear(): void };

/** Aborts with a TimeoutError when `ms` have passed since the last sign of life. */
export function idleDeadline(ms: number): Deadline {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException(`nothing came for ${ms} ms`, 'TimeoutError')), ms);
  return { signal: late.signal, extend: () => void timer.refresh(), clear: () => clearTimeout(timer) };
}

/** Aborts with a TimeoutError when `ms` have passed. */
export const totalDeadline = (ms: number): Deadline => ({
  signal: AbortSignal.timeout(ms),
  extend: () => {},
  clear: () => {},
});
