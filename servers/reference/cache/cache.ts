import type { FastifyBaseLogger } from 'fastify';
import { Keyv } from 'keyv';
import type { Knex } from 'knex';
import { Counter, Gauge } from 'prom-client';
import type { Config } from '../config.ts';
import type { Metrics } from '../operations/metrics.ts';
import { tableSize, tableStore } from './table.ts';

/** One kind of cache entries. No method fails: a cache that is down is treated as empty. */
export type CacheOf<Value> = {
  get(key: string): Promise<Value | undefined>;
  /**
   * @param ttlMs lifetime of the entry; default CACHE_TTL_SECONDS
   * @returns whether the cache has confirmed the write
   */
  set(key: string, value: Value, ttlMs?: number): Promise<boolean>;
  /** @returns whether the cache has confirmed the removal; if not, the entry may still be served later */
  delete(key: string): Promise<boolean>;
};

export type Cache = {
  /** `redis`, or `table` for the service's own database. */
  backend: 'redis' | 'table';
  /** The cache of one kind of thing; `name` begins its keys and is the label of its metrics. */
  of<Value>(name: string): CacheOf<Value>;
  /** One round trip. @throws where the cache is not usable */
  ping(): Promise<void>;
  end(): Promise<void>;
};

type Settings = Pick<Config, 'CACHE_URL' | 'CACHE_NAMESPACE' | 'CACHE_TTL_SECONDS' | 'CACHE_TIMEOUT_MS'>;

/** Opens the cache: Redis at CACHE_URL, or else a table in the service's own database. */
export async function openCache(
  config: Settings,
  knex: Knex,
  metrics: Metrics,
  logger: FastifyBaseLogger,
): Promise<Cache> {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['cache'] as const, registers: [metrics.registry] });
  const hits = counter('cache_hits_total', 'Lookups that found something, by what was looked up');
  const misses = counter('cache_misses_total', 'Lookups that found nothing, by what was looked up');
  const errors = counter('cache_errors_total', 'Lookups that the cache could not answer, by what was looked up');
  const warn = (err: unknown) => logger.warn({ err }, 'cache');
  // Imported only if it is used, because the client has hundreds of modules.
  const redis =
    config.CACHE_URL === undefined ? undefined : (await import('./redis.ts')).redisStore(config.CACHE_URL, warn);
  const keyv = new Keyv({
    store: redis?.store ?? tableStore(knex),
    namespace: config.CACHE_NAMESPACE,
    throwOnErrors: true,
  });
  keyv.on('error', warn);
  const inTime = <T>(work: Promise<T>): Promise<T> => within(work, config.CACHE_TIMEOUT_MS);
  /** Whether the cache has confirmed the write. */
  const told = (work: Promise<unknown>): Promise<boolean> =>
    inTime(work).then(
      () => true,
      (error) => {
        warn(error);
        return false;
      },
    );
  const size = async (): Promise<number> => redis?.size() ?? tableSize(knex);
  new Gauge({
    name: 'cache_entries',
    help: 'Entries, read when scraped; of Redis all that are in its database. Not there while the cache does not answer',
    labelNames: ['backend'] as const,
    registers: [metrics.registry],
    async collect() {
      this.reset();
      await inTime(size()).then((entries) => this.set({ backend: redis ? 'redis' : 'table' }, entries), warn);
    },
  });

  return {
    backend: redis ? 'redis' : 'table',
    of: (cache) => ({
      async get(key) {
        try {
          const value = await inTime(keyv.get(`${cache}:${key}`));
          (value === undefined ? misses : hits).inc({ cache });
          return value;
        } catch (error) {
          warn(error);
          errors.inc({ cache });
          return undefined;
        }
      },
      async set(key, value, ttlMs = config.CACHE_TTL_SECONDS * 1_000) {
        return told(keyv.set(`${cache}:${key}`, value, ttlMs));
      },
      delete: async (key) => told(keyv.delete(`${cache}:${key}`)),
    }),
    async ping() {
      if (redis) await redis.ping();
      else await knex.raw('SELECT 1 FROM cache_entries LIMIT 1');
    },
    async end() {
      await redis?.end();
    },
  };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`the cache did not answer within ${ms} ms`)), ms);
  // The loser of the race may still fail later.
  work.catch(() => {});
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
