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
  let asked = 0;
  /** The last turn of which the cache was told: it covers every write before it, and says nothing of later ones. */
  let told = -1;
  /** The last turn of which it could not be told; 0 for what an earlier life of this service may have left. */
  let missed = 0;
  let again: NodeJS.Timeout | undefined;
  /** Whether the cache may have missed a write. */
  const stale = (): boolean => missed > told;

  const forget = async (): Promise<void> => {
    clearTimeout(again);
    const turn = ++asked;
    // Told or missed by itself: whoever answers after this must know it, whatever becomes of a later turn.
    if (await generations.delete(generationKey)) told = Math.max(told, turn);
    else missed = Math.max(missed, turn);
    clearTimeout(again);
    // Not left to the next reader here: other instances may reach the cache, and trust it.
    if (stale()) again = setTimeout(() => void forget(), retryMs).unref();
  };

  /** `undefined` where the cache cannot be told of a new one: nothing may be kept under it. */
  const generation = async (): Promise<string | undefined> => {
    const current = await generations.get(generationKey);
    if (current !== undefined) return current;
    const fresh = randomUUID();
    // Outlives what is stored under it; when it goes first, nothing is lost but hits.
    return (await generations.set(generationKey, fresh, 2 * ttlMs)) ? fresh : undefined;
  };

  return {
    /**
     * @param read what the database says; `undefined` is not kept, so that what is created is found at once
     * @returns the value, and whether the cache had it
     */
    async read<T>(key: string, read: () => Promise<T | undefined>): Promise<{ value: T | undefined; hit: boolean }> {
      if (stale()) await forget();
      const under = stale() ? undefined : await generation();
      if (under === undefined) return { value: await read(), hit: false };
      // Hashed: a cache in a table has a longest key.
      const place = `${under}:${hash('sha256', key, 'base64url')}`;
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
