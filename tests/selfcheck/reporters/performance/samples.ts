import { loadJson } from '../../../../fixtures/load/report.ts';
import type { JudgementJson, LoadJson, Saturation } from '../../../../fixtures/load/report-schema.ts';
import { resultOf } from '../../../../fixtures/load/result.ts';
import { createRows } from '../../../../fixtures/load/rows.ts';
import { judge, type Line } from '../../../../fixtures/load/verdict/judge.ts';
import type { Measurement } from '../../../../fixtures/reporters/performance/collect.ts';
import { entriesOf } from '../../../../fixtures/reporters/performance/merge.ts';
import type { PerformanceReport } from '../../../../fixtures/reporters/performance/schema.ts';
import { createRandom } from '../../../../seed/databases/random.ts';

interface Sampled {
  readonly title: string;
  readonly seed: number;
  /** Requests a second, and for how many seconds; the rate may change. */
  readonly stages?: readonly { from: number; to: number; seconds: number }[];
  /** The median in milliseconds, and how skewed. */
  readonly ms: number;
  readonly skew?: number;
  /** Every n-th request fails. */
  readonly failing?: number;
  readonly stream?: boolean;
  /** Between these seconds everything takes ten times as long. */
  readonly slow?: readonly [from: number, to: number];
}

/** What a load of known latencies attaches, the same every time. */
export function sampled(options: Sampled): { load: LoadJson; result: ReturnType<typeof resultOf> } {
  const { title, seed, ms, skew = 0.35, failing = 0, stream = false, slow = [0, 0] } = options;
  const stages = options.stages ?? [{ from: 25, to: 25, seconds: 8 }];
  const random = createRandom(seed, 'loads');
  const rows = createRows();
  let [due, i] = [0, 0];
  for (const { from, to, seconds } of stages) {
    const ends = due + seconds * 1000;
    for (; due < ends - 1e-6; i += 1) {
      const factor = due >= slow[0] * 1000 && due < slow[1] * 1000 ? 10 : 1;
      const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
      const took = ms * factor * Math.exp(skew * normal);
      const failed = failing > 0 && i % failing === failing - 1;
      const figures =
        stream && !failed
          ? { ttft: took * 0.4, itl: took / 30, tokensPerSecond: 30_000 / took }
          : { ttft: NaN, itl: NaN, tokensPerSecond: NaN };
      rows.push({ i, due, sent: due + 0.2, done: due + 0.2 + took, kind: failed ? 'refused' : 'ok', ...figures });
      due += 1000 / (from + ((to - from) * (due - ends + seconds * 1000)) / (seconds * 1000));
    }
  }
  const failed = failing > 0 ? Math.floor(i / failing) : 0;
  const result = {
    ...resultOf(
      {
        rows,
        failures: new Map(failed > 0 ? [['refused 503 model_unavailable', { n: failed, detail: 'try again' }]] : []),
        lateness: { busy: 0, starved: 0 },
        loopLag: { p99: 1.5, max: 3, samples: 100 },
      },
      {
        title,
        pace: { kind: 'open', stages },
        warmup: 0,
        calibration: { n: 60, overhead: { p50: 0.5, p95: 0.9, p99: 1.4, max: 2 }, loopLagP99: 1, processorShare: 0.97 },
      },
    ),
    id: `${title} ${seed}`,
  };
  return { load: loadJson(result), result };
}

/** The verdict on a load, as `expectBudget` attaches it. */
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

/** A load with its comparison with a stored baseline. */
export function compared(now: LoadJson, then: LoadJson, machine: string | undefined = 'Xeon, 2 cores, 8 GB'): LoadJson {
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
      shift: { value: 1.21, low: 1.08, high: 1.37 },
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
  knee: { rate: 40, reason: 'at 60 a second: p95 2600 ms' },
  budget: { p95Ms: 500, goodShare: 0.9, perSecond: 30 },
};

const endpoint = { p50Ms: 100, p95Ms: 500 };

/** A load of every kind: passing, failing, inconclusive, disturbed, compared, of streams, of one request, of none. @param evil a text to put wherever words may stand */
export function everyKind(evil?: string): Measurement[] {
  const of = (options: Sampled, group: string, budgets: Readonly<Record<string, number>>): Measurement => {
    const one = sampled({ ...options, title: evil ?? options.title });
    const judgement = judged(one, group, budgets);
    const failures = evil ? { [evil]: { n: 1, detail: evil } } : one.load.failures;
    return {
      test: passed(`${options.title} ${evil ?? 'is within its budget'}`),
      load: { ...one.load, failures },
      judgement: { ...judgement, reason: evil ?? judgement.reason },
      stepOf: null,
    };
  };
  const databases = of(
    { title: 'sql.databases', seed: 4, ms: 12, slow: [3, 4], stages: [{ from: 50, to: 100, seconds: 6 }] },
    'endpoint',
    endpoint,
  );
  const before = of({ title: 'sql.databases', seed: 5, ms: 10 }, 'endpoint', endpoint);
  const tokens = { ttftP50Ms: 2_000, itlP50Ms: 200, goodShare: 0.8, eachTtftMs: 4_000, tokensPerSecond: 10 };
  return [
    of({ title: 'health.health', seed: 1, ms: 2.1, skew: 0.1 }, 'endpoint', endpoint),
    of({ title: 'ask.ask', seed: 2, ms: 180, skew: 0.7, failing: 40 }, 'ask', { p95Ms: 2_000, okShare: 0.9 }),
    of(
      { title: 'chat streams', seed: 3, ms: 640, stream: true, stages: [{ from: 5, to: 5, seconds: 20 }] },
      'streams',
      tokens,
    ),
    { ...before, judgement: before.judgement && { ...before.judgement, superseded: true } },
    { ...databases, load: compared(databases.load, before.load, evil) },
    of({ title: 'registry.list', seed: 6, ms: 400, skew: 0.9 }, 'endpoint', { meanMs: 200, ...endpoint, maxMs: 550 }),
    {
      ...of({ title: 'asked once', seed: 9, ms: 30, stages: [{ from: 1, to: 1, seconds: 1 }] }, 'endpoint', endpoint),
      judgement: undefined,
    },
    of({ title: 'all refused', seed: 9, ms: 3, failing: 1 }, 'endpoint', endpoint),
  ];
}

/** The report of these loads, as the reporter makes it. */
export const reportWith = (measurements: readonly Measurement[], evil?: string): PerformanceReport => ({
  version: 2,
  at: '2026-11-28T09:00:00.000Z',
  loads: entriesOf(measurements),
  saturations: [{ ...saturation, ...(evil && { title: evil, knee: { rate: 40, reason: evil } }) }],
  unreadable: [],
});

const passed = (title: string) =>
  ({
    titlePath: () => ['', 'performance', 'endpoints.spec.ts', 'endpoints that no model works for', title],
    results: [{ status: 'passed' }],
  }) as unknown as Measurement['test'];
