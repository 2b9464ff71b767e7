import { hash, randomUUID } from 'node:crypto';
import type { CacheOf } from '../cache/cache.ts';

const generationKey = 'generation';
const retryMs = 500;

/**
 * Reads through a cache, all of which one write makes void. Keys carry a generation, drawn at random and read before
 * the database is: what a slow reader stores after a write has the old generation's key, where nobody looks.
 *
 * @param entries what was read
 * @param generations under which generation it is kept
 */
export function cachedReads(entries: CacheOf<unknown>, generations: CacheOf<string>, ttlSeconds: number) {
  const ttlMs = ttlSeconds * 1_000;
  /** Whether the cache may have missed a write: now, being away, or in an earlier life of this service. */
  let stale = true;
  let asked = 0;
  let again: NodeJS.Timeout | undefined;

  const forget = async (): Promise<void> => {
    clearTimeout(again);
    const turn = ++asked;
    const told = await generations.delete(generationKey);
    // One that was asked before a later write says nothing of that write.
    if (turn !== asked) return;
    stale = !told;
    // Not left to the next reader here: other instances may reach the cache, and trust it.
    if (stale) again = setTimeout(() => void forget(), retryMs).unref();
  };

  const generation = async (): Promise<string> => {
    const current = await generations.get(generationKey);
    if (current !== undefined) return current;
    const fresh = randomUUID();
    // Outlives what is stored under it; when it goes first, nothing is lost but hits.
    await generations.set(generationKey, fresh, 2 * ttlMs);
    return fresh;
  };

  return {
    /**
     * @param read what the database says; `undefined` is not kept, so that what is created is found at once
     * @returns the value, and whether the cache had it
     */
    async read<T>(key: string, read: () => Promise<T | undefined>): Promise<{ value: T | undefined; hit: boolean }> {
      if (stale) await forget();
      if (stale) return { value: await read(), hit: false };
      // Hashed: a cache in a table has a longest key.
      const place = `${await generation()}:${hash('sha256', key, 'base64url')}`;
      const kept = (await entries.get(place)) as T | undefined;
      if (kept !== undefined) return { value: kept, hit: true };
      const value = await read();
      if (value !== undefined) await entries.set(place, value, ttlMs);
      return { value, hit: false };
    },

    /** Call after the write is committed and before its answer is sent. */
    invalidate: forget,
  };
}
