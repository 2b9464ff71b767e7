import type { Migration } from '../platform/migrations.ts';

export const cacheMigrations: readonly Migration[] = [
  {
    name: '025_cache_entries',
    async up(knex) {
      // Unlogged, because entries that a crash loses are only computed again, and writes then need no WAL.
      await knex.raw(
        'CREATE UNLOGGED TABLE cache_entries (key text PRIMARY KEY, value text NOT NULL, expires_at timestamptz)',
      );
      await knex.raw('CREATE INDEX ON cache_entries (expires_at)');
    },
    async down(knex) {
      await knex.schema.dropTable('cache_entries');
    },
  },
];
