import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../config.ts';
import { type Breaker, type BreakerState, createBreaker, type Verdict } from './breaker.ts';

type Named = NonNullable<Config['MODEL_BACKENDS']>[number];
type RequestOptions = Partial<Omit<Dispatcher.RequestOptions, 'headers'>> & {
  headers?: Record<string, string>;
  signal: AbortSignal;
};

/** The result of the last health probe; healthy before the first. */
type Health = { healthy: boolean; checkedAt: Date | null; detail: string | null };

/** One model server among several. */
export type Backend = {
  readonly id: string;
  readonly breaker: Breaker;
  readonly counts: { inFlight: number; served: number; failed: number; abandoned: number };
  health: Health;
  /** For round-robin among equal backends. */
  lastChosen: number;
  serves(model: string): boolean;
  /** Rejects with the errors of the transport. */
  request(path: string, options: RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Counts a call as in flight until its outcome is reported. Only the first report counts. */
  enter(): (verdict: Verdict) => Promise<void>;
  close(): Promise<void>;
};

const counter = { ok: 'served', failed: 'failed', abandoned: 'abandoned' } as const;

/** @param changed called on every change of the breaker's state */
export function createBackend(named: Named, config: Config, changed: (to: BreakerState) => void): Backend {
  const base = named.url.replace(/\/+$/, '').replace(/\/v1$/, '');
  const agent = new Agent({ connect: { timeout: 2_000 }, headersTimeout: 0, bodyTimeout: 0 });
  const authorization: Record<string, string> = named.api_key ? { authorization: `Bearer ${named.api_key}` } : {};
  const breaker = createBreaker(named.id, config, changed);
  const counts = { inFlight: 0, served: 0, failed: 0, abandoned: 0 };
  return {
    id: named.id,
    breaker,
    counts,
    health: { healthy: true, checkedAt: null, detail: null },
    lastChosen: 0,
    serves: (model) => named.models?.includes(model) ?? true,
    request(path, options) {
      const { origin, pathname } = new URL(base + path);
      const headers = { ...authorization, ...options.headers };
      return agent.request({ origin, path: pathname, method: 'GET', ...options, headers });
    },
    enter() {
      const leave = breaker.enter();
      let inside = true;
      counts.inFlight += 1;
      return async (verdict) => {
        if (!inside) return;
        inside = false;
        counts.inFlight -= 1;
        counts[counter[verdict]] += 1;
        await leave(verdict);
      };
    },
    async close() {
      breaker.end();
      await agent.destroy();
    },
  };
}
