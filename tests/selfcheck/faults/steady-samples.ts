import type { Change, FaultWindow } from '../../../fixtures/faults/steady/results.ts';
import type { Sample } from '../../../fixtures/faults/steady/traffic.ts';
import type { OutcomeKind } from '../../../fixtures/load/outcome.ts';

/** Generated samples of traffic with a request every 100 ms. */
export function madeTraffic(
  count: number,
  of: (n: number) => { kind: OutcomeKind; ms: number; code?: string },
): Sample[] {
  return Array.from({ length: count }, (_, n) => {
    const { ms, ...outcome } = of(n);
    const due = n * 100;
    return {
      n,
      due,
      sent: due + 1,
      done: due + ms,
      ...(outcome.kind === 'refused' ? { status: 503 } : {}),
      ...outcome,
    };
  });
}

const kindOf = (n: number): OutcomeKind => {
  if (n === 58) return 'wrong';
  if (n >= 30 && n < 34) return 'hung';
  if (n >= 34 && n < 60) return 'refused';
  if (n === 62 || n === 63) return 'lost';
  return n > 85 && n < 95 ? 'degraded' : 'ok';
};

/** A run that contains everything a picture can show. */
export const storm: { title: string; samples: Sample[]; faults: FaultWindow[]; bands: Record<string, Change[]> } = {
  title: 'ask while the model server is away',
  samples: madeTraffic(120, (n) => {
    const kind = kindOf(n);
    const ms = { ok: 18 + (n % 7) * 6, degraded: 140 + n, refused: 3 + (n % 3), lost: 60, hung: 2_000, wrong: 25 }[
      kind
    ];
    return { kind, ms, ...(kind === 'refused' ? { code: 'model_unavailable' } : {}) };
  }),
  faults: [
    { label: 'model frozen', from: 2_950, to: 6_010 },
    { label: 'model killed', from: 6_150, to: 6_350 },
    { label: 'cache down <b>&', from: 8_500, to: null },
  ],
  bands: {
    ready: [
      { at: 10, state: 'up' },
      { at: 3_400, state: 'down' },
      { at: 6_500, state: 'up' },
      { at: 8_600, state: 'degraded' },
    ],
    'breaker main': [
      { at: 10, state: 'closed' },
      { at: 3_400, state: 'open' },
      { at: 5_900, state: 'half-open' },
      { at: 6_000, state: 'open' },
      { at: 6_420, state: 'closed' },
    ],
    'breaker spare': [
      { at: 10, state: 'closed' },
      { at: 9_000, state: 'no answer' },
    ],
  },
};
