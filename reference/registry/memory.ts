import type { CacheOf } from '../cache/cache.ts';

/** Until the service has a cache of its own. */
export function memoryCache<T>(): CacheOf<T> {
  const kept = new Map<string, { value: T; until: number }>();
  return {
    async get(key) {
      const entry = kept.get(key);
      return entry && entry.until > Date.now() ? structuredClone(entry.value) : undefined;
    },
    async set(key, value, ttlMs = 60_000) {
      kept.set(key, { value: structuredClone(value), until: Date.now() + ttlMs });
    },
    async delete(key) {
      kept.delete(key);
      return true;
    },
  };
}
