import type { ReadCache } from './cached.ts';

/** Until the service has a cache of its own. */
export function memoryCache(): ReadCache {
  const kept = new Map<string, { value: unknown; until: number }>();
  return {
    async get(key) {
      const entry = kept.get(key);
      return entry && entry.until > Date.now() ? structuredClone(entry.value) : undefined;
    },
    async set(key, value, ttlMs) {
      kept.set(key, { value: structuredClone(value), until: Date.now() + ttlMs });
    },
  };
}
