import { hash, randomUUID } from 'node:crypto';

/** What the registry needs of a cache; every method may fail silently, as a cache may. */
export type ReadCache = {
  get(key: string): Promise<unknown>;
  /** @param ttlMs how long it may be used */
  set(key: string, value: unknown, ttlMs: number): Promise<unknown>;
};

const generationKey = 'registry:generation';

/**
 * Reads through a cache, all of which one write makes void. Keys carry a generation, drawn at random and read before
 * the database is: what a slow reader stores after a write has the old generation's key, where nobody looks.
 */
export function cachedReads(cache: ReadCache, ttlSeconds: number) {
  const ttlMs = ttlSeconds * 1_000;

  const generation = async (): Promise<string> => {
    const current = await cache.get(generationKey);
    return typeof current === 'string' ? current : renew();
  };

  const renew = async (): Promise<string> => {
    const fresh = randomUUID();
    // Outlives what is stored under it; when it goes first, nothing is lost but hits.
    await cache.set(generationKey, fresh, 2 * ttlMs);
    return fresh;
  };

  return {
    /**
     * @param read what the database says; `undefined` is not kept, so that what is created is found at once
     * @returns the value, and whether the cache had it
     */
    async read<T>(key: string, read: () => Promise<T | undefined>): Promise<{ value: T | undefined; hit: boolean }> {
      // Hashed: a cache in a table has a longest key.
      const place = `registry:${await generation()}:${hash('sha256', key, 'base64url')}`;
      const kept = (await cache.get(place)) as T | undefined | null;
      if (kept !== undefined && kept !== null) return { value: kept, hit: true };
      const value = await read();
      if (value !== undefined) await cache.set(place, value, ttlMs);
      return { value, hit: false };
    },

    /** Call after the write is committed and before its answer is sent. */
    async invalidate(): Promise<void> {
      await renew();
    },
  };
}
