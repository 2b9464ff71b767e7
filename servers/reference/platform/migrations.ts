import type { Knex } from 'knex';

/**
 * One migration of the database's schema. Its name must sort after the earlier ones. Applied migrations never change.
 */
export type Migration = { readonly name: string; up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> };

/** The migrations in the form that Knex requires. */
export const sourceOf = (migrations: readonly Migration[]): Knex.MigrationSource<Migration> => ({
  getMigrations: async () => [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1)),
  getMigrationName: ({ name }) => name,
  getMigration: async (migration) => migration,
});
