import type { KeyvStoreAdapter } from 'keyv';
import type { Knex } from 'knex';

/** One of this many writes removes expired entries. */
const sweepEvery = 100;

/**
 * A store for Keyv in the service's own database and pool. Keyv's adapter for Postgres would open a second pool without
 * an error listener, so a restart of Postgres would end the process.
 */
export function tableStore(knex: Knex): KeyvStoreAdapter {
  let writes = 0;
  const entries = () => knex<{ key: string; value: string; expires_at: Date | null }>('cache_entries');
  return {
    opts: { dialect: 'postgres' },
    namespace: undefined,
    // Keyv registers an error listener, but this store rejects instead.
    on() {
      return this;
    },
    async get<Value>(key: string) {
      const row = await entries().first('value').where({ key });
      return row?.value as Value | undefined;
    },
    async set(key: string, value: string, ttl?: number) {
      const expires_at = ttl === undefined ? null : new Date(Date.now() + ttl);
      await entries().insert({ key, value, expires_at }).onConflict('key').merge();
      if (++writes % sweepEvery === 0) await entries().where('expires_at', '<', new Date()).delete();
      return true;
    },
    async delete(key: string) {
      return (await entries().where({ key }).delete()) > 0;
    },
    async clear() {
      await entries().delete();
    },
  };
}

/** The number of entries that have not expired. */
export async function tableSize(knex: Knex): Promise<number> {
  const row = await knex('cache_entries')
    .where((usable) => usable.whereNull('expires_at').orWhere('expires_at', '>', new Date()))
    .count<{ count: string }[]>('* as count')
    .first();
  return Number(row?.count ?? 0);
}
