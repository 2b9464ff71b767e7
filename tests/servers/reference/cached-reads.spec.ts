import { expect, test } from '@playwright/test';
import { cachedReads } from '../../../servers/reference/registry/cached.ts';

type Reply = 'done' | 'missed';

/** A cache in which the test decides when and how a deletion is answered, and which may store late. */
function heldCache() {
  const entries = new Map<string, unknown>();
  const deletions: ((reply: Reply) => void)[] = [];
  const late: (() => void)[] = [];
  return {
    deletions,
    slow: false,
    /** Stores arrive that were too slow to be waited for. */
    arrive() {
      for (const keep of late.splice(0)) keep();
    },
    async get(key: string) {
      return entries.get(key) as string | undefined;
    },
    async set(key: string, value: unknown) {
      if (this.slow) late.push(() => entries.set(key, value));
      else entries.set(key, value);
      return !this.slow;
    },
    async delete(key: string) {
      const { promise, resolve } = Promise.withResolvers<Reply>();
      deletions.push(resolve);
      const done = (await promise) === 'done';
      if (done) entries.delete(key);
      return done;
    },
  };
}

/** Reads of one row of a database, through a cache that got every invalidation so far. */
async function reads() {
  const cache = heldCache();
  const through = cachedReads(cache, cache, 60);
  const database = { row: 'before' };
  const read = () => through.read('row', async () => database.row);
  const first = read();
  cache.deletions.shift()?.('done');
  await first;
  return { cache, through, database, read };
}

test('a write whose invalidation the cache missed is not hidden while a later invalidation is pending', async () => {
  const { cache, through, database, read } = await reads();
  expect(await read()).toEqual({ value: 'before', hit: true });
  database.row = 'after';
  const written = through.invalidate();
  const later = through.invalidate();
  cache.deletions.shift()?.('missed');
  await written;
  // The first write is acknowledged: from here on no read may return the old value.
  const seen = read();
  for (const reply of cache.deletions.splice(0)) reply('missed');
  expect(await seen).toEqual({ value: 'after', hit: false });
  await later;
});

test('a later invalidation that reaches the cache covers an earlier one that it missed', async () => {
  const { cache, through, database, read } = await reads();
  const [written, later] = [through.invalidate(), through.invalidate()];
  database.row = 'after';
  cache.deletions[1]?.('done');
  await later;
  cache.deletions[0]?.('missed');
  await written;
  cache.deletions.length = 0;
  expect(await read()).toEqual({ value: 'after', hit: false });
  expect(await read()).toEqual({ value: 'after', hit: true });
  expect(cache.deletions).toEqual([]);
});

test('a slow store of an old value in the cache is not read after a write', async () => {
  const { cache, through, database, read } = await reads();
  const written = through.invalidate();
  cache.deletions.shift()?.('done');
  await written;
  cache.slow = true;
  expect(await read()).toEqual({ value: 'before', hit: false });
  cache.slow = false;
  database.row = 'after';
  const again = through.invalidate();
  cache.deletions.shift()?.('done');
  await again;
  cache.arrive();
  expect(await read()).toEqual({ value: 'after', hit: false });
  expect(await read()).toEqual({ value: 'after', hit: true });
});
