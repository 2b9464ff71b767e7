import type { FastifyBaseLogger } from 'fastify';
import { type Cache, openCache } from './cache/cache.ts';
import type { Config } from './config.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import type { Metrics } from './operations/metrics.ts';
import type { Check, Checks } from './operations/readiness.ts';
import type { Platform } from './platform/platform.ts';
import { openVectors, type VectorStore } from './vectors/store.ts';

/** The stores of capabilities besides the service's own database. */
export type Stores = {
  cache: Cache;
  /** Undefined without VECTOR_DATABASE_URL; then retrieval is by full text alone. */
  vectors: VectorStore | undefined;
  jobs: Jobs;
};

/** Opens the stores, and adds them to `/ready`. No answer needs them. */
export async function openStores(
  config: Config,
  platform: Platform,
  metrics: Metrics,
  checks: Checks,
  logger: FastifyBaseLogger,
): Promise<Stores & { end(): Promise<void> }> {
  const cache = await openCache(config, platform.knex, metrics, logger);
  const vectors = config.VECTOR_DATABASE_URL ? openVectors(config.VECTOR_DATABASE_URL, config, logger) : undefined;
  const jobs = createJobs(config, platform, logger);
  checks.set('cache', degradable(cache));
  if (vectors) checks.set('vectors', degradable(vectors));
  return {
    cache,
    vectors,
    jobs,
    async end() {
      await Promise.allSettled([jobs.end(), cache.end(), vectors?.end()]);
    },
  };
}

const degradable = (store: { ping(): Promise<void> }): Check => ({
  needed: false,
  async run() {
    await store.ping();
    return { status: 'up' };
  },
});
