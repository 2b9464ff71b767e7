import { distributionOf } from '../../fixtures/load/histogram.ts';
import { loadJson } from '../../fixtures/load/report.ts';
import type { JudgementJson, LoadJson, Saturation } from '../../fixtures/load/reportSchema.ts';
import { resultOf } from '../../fixtures/load/result.ts';
import { createRows } from '../../fixtures/load/rows.ts';
import { judge, type Line } from '../../fixtures/load/verdict/judge.ts';
import { createRandom } from '../../seed/databases/random.ts';

interface Sampled {
  readonly title: string;
  readonly seed: number;
  /** Requests a second, and for how many seconds; the rate may change. */
  readonly stretches?: readonly { from: number; to: number; seconds: number }[];
  /** The median in milliseconds, and how skewed. */
  readonly ms: number;
  readonly skew?: number;
  /** Every so many-th fails. */
  readonly failing?: number;
  readonly stream?: boolean;
  /** Between these seconds everything takes ten times as long. */
  readonly slow?: readonly [from: number, to: number];
}

/** What a load of known latencies attaches: the same every time. */
export function sampled(options: Sampled): { load: LoadJson; result: ReturnType<typeof resultOf> } {
  const { title, seed, ms, skew = 0.35, failing = 0, stream = false, slow = [0, 0] } = options;
  const stretches = options.stretches ?? [{ from: 25, to: 25, seconds: 8 }];
  const random = createRandom(seed, 'loads');
  const rows = createRows();
  let [due, i] = [0, 0];
  for (const { from, to, seconds } of stretches) {
    const ends = due + seconds * 1000;
    for (; due < ends - 1e-6; i += 1) {
      const factor = due >= slow[0] * 1000 && due < slow[1] * 1000 ? 10 : 1;
      const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
      const took = ms * factor * Math.exp(skew * normal);
      const failed = failing > 0 && i % failing === failing - 1;
      const figures = stream && !failed
        ? { ttft: took * 0.4, itl: took / 30, tokensPerSecond: 30_000 / took }
        : { ttft: NaN, itl: NaN, tokensPerSecond: NaN };
      rows.push({ i, due, sent: due + 0.2, done: due + 0.2 + took, kind: failed ? 'refused' : 'ok', ...figures });
      due += 1000 / (from + ((to - from) * (due - ends + seconds * 1000)) / (seconds * 1000));
    }
  }
  const failed = failing > 0 ? Math.floor(i / failing) : 0;
  const result = {
    ...resultOf(
      [
        {
          rows,
          failures: new Map(failed > 0 ? [['refused 503 model_unavailable', { n: failed, detail: 'try again' }]] : []),
          lateness: { busy: 0, starved: 0 },
          loopLag: { p99: 1.5, max: 3, samples: 100 },
        },
      ],
      {
        title,
        pace: { kind: 'open', stretches },
        warmup: 0,
        calibration: { n: 60, overhead: { p50: 0.5, p95: 0.9, p99: 1.4, max: 2 }, loopLagP99: 1, processorShare: 0.97 },
      },
    ),
    id: `${title} ${seed}`,
  };
  return { load: loadJson(result), result };
}

/** What a load was held against, as `expectBudget` attaches it. */
export function judged(
  { result }: Pick<ReturnType<typeof sampled>, 'result'>,
  group: string,
  budgets: Readonly<Record<string, number>>,
  superseded = false,
): JudgementJson {
  const { verdict, reason, lines } = judge(result, budgets);
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const json = ({ name, unit, bound, budget, verdict, estimate: { value, low, high } }: Line) => ({
    name: `${group}.${name}`,
    unit,
    bound,
    budget,
    measured: { value: finite(value), low: finite(low), high: finite(high) },
    verdict,
  });
  return { load: result.id, title: result.title, verdict, reason, superseded, budgets: lines.map(json) };
}

/** A load beside the one that was stored before it. */
export function compared(now: LoadJson, then: LoadJson, machine = 'Xeon, 2 cores, 8 GB'): LoadJson {
  const { latency } = then;
  if (!latency) return now;
  const { n, p50, p95, p99, hdr } = latency;
  return {
    ...now,
    comparison: {
      baseline: { at: '2026-11-20T08:00:00.000Z', machine, n, p50: p50.value, p95: p95.value, p99: p99.value, hdr },
      verdict: 'slower',
      reason: 'slower by more than noise explains',
      p: 0.0004,
      effect: 0.21,
      shift: { value: 2.4, low: 1.1, high: 3.9 },
    },
  };
}

export const saturation: Saturation = {
  title: 'Saturation of POST /api/v1/ask',
  steps: [5, 10, 20, 40, 60, 80].map((rate, i) => ({
    rate,
    achieved: Math.min(rate, 52),
    due: rate * 5,
    ok: Math.round(rate * 5 * (i < 4 ? 1 : 0.8 - (i - 4) * 0.3)),
    p50: [40, 42, 45, 60, 900, 2400][i] ?? 0,
    p95: [70, 75, 90, 180, 2600, 5200][i] ?? 0,
    goodShare: [1, 1, 1, 0.98, 0.41, 0.08][i] ?? 0,
  })),
  knee: { rate: 40, reason: 'p95 leaves its budget of 500 ms at 60 a second' },
  budget: 500,
};

/** The HdrHistogram of these milliseconds. */
export const hdrOf = (values: readonly number[]): string => distributionOf(values).encode();
