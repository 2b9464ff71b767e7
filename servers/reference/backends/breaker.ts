import CircuitBreaker from 'opossum';
import type { Config } from '../config.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';
/** How a call ended, as evidence about the backend. A call that its client abandoned is no evidence. */
export type Verdict = 'ok' | 'failed' | 'abandoned';

export type Breaker = {
  state(): BreakerState;
  /** Whether a call may go through now: always while closed, never while open, one at a time while half-open. */
  admits(): boolean;
  /** Lets a call through. @returns a function for its outcome, of which only the first call counts */
  enter(): (verdict: Verdict) => Promise<void>;
  /** Milliseconds until an open breaker lets a call try; 0 while it is not open. */
  waitMs(): number;
  end(): void;
};

/**
 * A circuit breaker. Opossum keeps the rolling window and the states. Calls are reported to it when they have ended,
 * because it would count an abandoned call as a success, which could close a half-open breaker, and a running call as a
 * reason not to open.
 */
export function createBreaker(name: string, config: Config, changed: (to: BreakerState) => void): Breaker {
  let circuit = build();
  let probing = false;
  let openedAt = 0;
  // A call that began before the breaker opened says nothing about the backend's recovery.
  let era = 0;

  function build() {
    const next = new CircuitBreaker(
      async (worked: boolean) => {
        if (!worked) throw new Error('the call failed');
      },
      {
        name,
        timeout: false,
        volumeThreshold: config.BREAKER_VOLUME,
        errorThresholdPercentage: config.BREAKER_ERROR_PERCENT,
        rollingCountTimeout: config.BREAKER_WINDOW_MS,
        resetTimeout: config.BREAKER_RESET_MS,
        rollingPercentilesEnabled: false,
        enableSnapshots: false,
      },
    );
    next.on('open', () => {
      era += 1;
      probing = false;
      openedAt = performance.now();
      changed('open');
    });
    next.on('halfOpen', () => changed('half-open'));
    next.on('close', () => {
      // A new window, because failures from before the recovery would open the breaker again at the first failure.
      circuit.shutdown();
      circuit = build();
      changed('closed');
    });
    return next;
  }

  const state = (): BreakerState => (circuit.opened ? 'open' : circuit.halfOpen ? 'half-open' : 'closed');

  return {
    state,
    admits: () => state() === 'closed' || (state() === 'half-open' && !probing),
    enter() {
      const began = era;
      const probe = state() === 'half-open';
      if (probe) probing = true;
      return async (verdict) => {
        if (began !== era) return;
        if (probe) probing = false;
        if (verdict !== 'abandoned') await circuit.fire(verdict === 'ok').catch(() => {});
      };
    },
    waitMs: () => (circuit.opened ? Math.max(0, openedAt + config.BREAKER_RESET_MS - performance.now()) : 0),
    end: () => circuit.shutdown(),
  };
}
