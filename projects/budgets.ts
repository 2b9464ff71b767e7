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
  'metrics.ms': 500,
  /** Mean time of the database part of a question, in milliseconds (PERF-06). */
  'database.meanMs': 200,
};

type BudgetName = keyof typeof defaults;
export type Budgets = Readonly<Record<BudgetName, number>>;

/** Budgets with the overrides applied. Throws when an override names a budget that does not exist. */
export function resolveBudgets(overrides: string | undefined): Budgets {
  const budgets = { ...defaults };
  for (const pair of overrides?.split(',') ?? []) {
    const [name, value] = pair.split('=') as [string, string];
    if (!(name in defaults) || Number.isNaN(Number(value)))
      throw new Error(`PLUMBLINE_BUDGETS: "${pair}" is not a budget. Known: ${Object.keys(defaults).join(', ')}.`);
    budgets[name as BudgetName] = Number(value);
  }
  return Object.freeze(budgets);
}
