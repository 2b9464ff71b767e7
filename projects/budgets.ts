import { suggest } from '../fixtures/config/suggest.ts';
import { told } from '../fixtures/config/told.ts';

/**
 * Service-level objectives, one place. Override any from the environment:
 * `PLUMBLINE_BUDGETS=sql.accuracy=0.8,sql.confidence=0.6`.
 */
const defaults = {
  /** Share of the hand-worded questions that must be right by execution on both instances; belongs to the model in use. */
  'sql.accuracy': 0.79,
  /** The same over the dataset of PLUMBLINE_SPIDER_DIR; 0 because the bundled model was taught two schemas, not Spider's. */
  'spider.accuracy': 0,
  /** Share of the routing questions sent to the right database; share of the nonsense whose confidence is low. */
  'sql.routing': 0.8,
  'sql.nonsense': 0.9,
  /** Least confidence on a question the model is known to answer, in [0, 1]. */
  'sql.confidence': 0.7,
  /** Share of the questions about seed/documents that must be right; belongs to the model in use. */
  'ask.accuracy': 0.78,
  /** `GET /health`, in milliseconds (PERF-02). */
  'health.meanMs': 100,
  'health.p95Ms': 200,
  /** `GET /metrics`, in milliseconds (PERF-05). */
  'metrics.p95Ms': 500,
  /** Mean time of the database part of a question, in milliseconds (PERF-06). */
  'database.meanMs': 200,
  // Loads are judged by groups: `expectBudget(result, 'login')` takes every `login.…`. The last part says what is
  // measured (fixtures/load/verdict/metrics.ts); without an okShare every request must be answered right.
  /** Logins with the real cost of a password hash, one after the other (PERF-01) and ten at once (PERF-04). */
  'login.meanMs': 500,
  'logins.meanMs': 1_000,
  /** An answer from the cache is so many times as fast as one that is not (PERF-03). */
  'ask.cachedSpeedup': 2,
  /** Real-time inference: 95 % within 2 s; of 10 to 20 at once, 80 % within 5 s (PERF-07). */
  'inference.p95Ms': 2_000,
  'inferences.p80Ms': 5_000,
  /** A batch of ten, from its submission to its last result (PERF-08). */
  'batch.maxMs': 60_000,
  'batch.okShare': 1,
  /** Reads of the registry from its cache and from its table (PERF-09). */
  'registryCached.meanMs': 50,
  'registryCached.maxMs': 500,
  'registry.meanMs': 200,
  'registry.maxMs': 500,
  /** Register a model, ask it, send it a batch, remove it (PERF-10). */
  'flow.maxMs': 90_000,
  'flow.okShare': 0.9,
  /** Any endpoint that no model works for (PERF-11). */
  'endpoint.p50Ms': 100,
  'endpoint.p95Ms': 500,
  /** Share of repeated reads and questions that the caches answer (PERF-14). */
  'cache.hitRate': 0.9,
  /** Chat streams, one at a time and several at once (PERF-15); `each…` is what one may take to count as good. */
  'stream.ttftP50Ms': 1_000,
  'stream.itlP50Ms': 100,
  'stream.tokensPerSecond': 10,
  'streams.ttftP50Ms': 2_000,
  'streams.itlP50Ms': 200,
  'streams.eachTtftMs': 4_000,
  'streams.eachItlMs': 400,
  'streams.goodShare': 0.8,
  /** So many a second must be sustained, of which so many within p95Ms (PERF-12): reads from a cache, and short answers of a model. */
  'readsSaturation.perSecond': 50,
  'readsSaturation.p95Ms': 100,
  'readsSaturation.goodShare': 0.95,
  'chatSaturation.perSecond': 2,
  'chatSaturation.p95Ms': 1_000,
  'chatSaturation.goodShare': 0.95,
  /** Resident set during inference, in MB: the most that each may have (PERF-13). */
  'memory.serviceMb': 260,
  'memory.modelMb': 600,
  'memory.postgresMb': 600,
  /** Growth over a soak, in MB a minute: of what is left after a garbage collection, and of each resident set. */
  'soak.heapMbPerMinute': 6,
  'soak.serviceMbPerMinute': 20,
  'soak.modelMbPerMinute': 40,
  'soak.postgresMbPerMinute': 30,
  /** Five at once, none of which may be refused (PERF-16). */
  'five.okShare': 1,
  'five.maxMs': 10_000,
};

/** How much a model must get right. Of one that nobody measured it is reported, and judged by no figure but the user's. */
const ofTheModel = [
  'sql.accuracy',
  'spider.accuracy',
  'sql.routing',
  'sql.nonsense',
  'ask.accuracy',
] as const satisfies (keyof typeof defaults)[];

type BudgetName = keyof typeof defaults;
/** What a load is judged by: the budgets whose names begin alike. */
export type BudgetGroup = BudgetName extends infer Name
  ? Name extends `${infer Group}.${string}`
    ? Group
    : never
  : never;
export type Budgets = Readonly<Record<BudgetName, number>>;

/** What counts a share of something cannot be more than all of it. */
const isShare = (name: string): boolean => /(accuracy|routing|nonsense|confidence|[sS]hare|hitRate)$/.test(name);

/**
 * Why a budget cannot be that, and what to do, as sentences; undefined where it can.
 *
 * @param value in the unit that the name ends with: milliseconds, MB, a share from 0 to 1
 */
export function budgetProblem(name: string, value: unknown): string | undefined {
  if (!Object.hasOwn(defaults, name)) return `${name} is not a budget. ${suggest(name, Object.keys(defaults))}`;
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    return `${name}=${String(value)} is no number. Write it in digits, as ${name}=${defaults[name as BudgetName]}.`;
  if (isShare(name) && number > 1)
    return `${name}=${value} is out of range: a share, from 0 to 1. ${number <= 100 ? `Write ${number / 100} for ${number} %.` : ''}`.trim();
  return undefined;
}

/** `name=value` pairs, as PLUMBLINE_BUDGETS has them. */
export const budgetPairs = (overrides: string): [name: string, value: string][] =>
  overrides.split(',').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim(), value.join('=').trim()];
  });

/**
 * Budgets with the overrides applied.
 *
 * @param bundled whether the model in use is the bundled one, whose accuracy is known
 * @throws when an override names a budget that does not exist
 */
export function resolveBudgets(overrides: string | undefined, bundled = true): Budgets {
  const budgets = { ...defaults };
  if (!bundled) for (const name of ofTheModel) budgets[name] = 0;
  for (const [name, value] of overrides === undefined ? [] : budgetPairs(overrides)) {
    const problem = budgetProblem(name, value);
    if (problem) throw told(`PLUMBLINE_BUDGETS: ${problem}`);
    budgets[name as BudgetName] = Number(value);
  }
  return Object.freeze(budgets);
}

/** The budgets of a group, by the last part of their names. */
export function budgetsOf(budgets: Budgets, group: BudgetGroup): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(budgets).flatMap(([name, value]) =>
      name.startsWith(`${group}.`) ? [[name.slice(group.length + 1), value]] : [],
    ),
  );
}
