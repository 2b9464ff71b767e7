import type { Knex } from 'knex';

/** One step of the database's schema, by a name that sorts after its predecessors'. Steps that ran are never edited. */
export type Migration = { readonly name: string; up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> };

/** Steps as Knex wants them. */
export const sourceOf = (migrations: readonly Migration[]): Knex.MigrationSource<Migration> => ({
  getMigrations: async () => [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1)),
  getMigrationName: ({ name }) => name,
  getMigration: async (migration) => migration,
});
