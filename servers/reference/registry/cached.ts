import { hash, randomUUID } from 'node:crypto';
import type { CacheOf } from '../cache/cache.ts';

const generationKey = 'generation';
const retryMs = 500;

/**
 * A read-through cache that is invalidated as a whole by any write. Keys contain a random generation, which is read
 * before the database. What a slow reader stores after a write has the key of the old generation, so it is never read.
 *
 * @param entries the cached values
 * @param generations the current generation
 */
export function cachedReads(entries: CacheOf<unknown>, generations: CacheOf<string>, ttlSeconds: number) {
  const ttlMs = ttlSeconds * 1_000;
  let asked = 0;
  /** The last turn that the cache has confirmed. It covers all writes before it, but no later ones. */
  let told = -1;
  /** The last turn that the cache has not confirmed; 0 for entries from before this service started. */
  let missed = 0;
  let again: NodeJS.Timeout | undefined;
  /** Whether the cache may not know of a write. */
  const stale = (): boolean => missed > told;

  const forget = async (): Promise<void> => {
    clearTimeout(again);
    const turn = ++asked;
    // Each turn is recorded by itself: later answers depend on it, whatever happens to the next turn.
    if (await generations.delete(generationKey)) told = Math.max(told, turn);
    else missed = Math.max(missed, turn);
    clearTimeout(again);
    // Done at once, and not by the next reader here, because other instances may read the cache and trust it.
    if (stale()) again = setTimeout(() => void forget(), retryMs).unref();
  };

  /** `undefined` if the cache does not confirm a new generation; then nothing may be cached. */
  const generation = async (): Promise<string | undefined> => {
    const current = await generations.get(generationKey);
    if (current !== undefined) return current;
    const fresh = randomUUID();
    // Lives longer than the entries of its generation. If it is lost earlier, only cache hits are lost.
    return (await generations.set(generationKey, fresh, 2 * ttlMs)) ? fresh : undefined;
  };

  return {
    /**
     * @param read reads the database; `undefined` is not cached, so that new models are found at once
     * @returns the value, and whether the cache had it
     */
    async read<T>(key: string, read: () => Promise<T | undefined>): Promise<{ value: T | undefined; hit: boolean }> {
      if (stale()) await forget();
      const under = stale() ? undefined : await generation();
      if (under === undefined) return { value: await read(), hit: false };
      // Hashed, because the table cache limits the length of keys.
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
