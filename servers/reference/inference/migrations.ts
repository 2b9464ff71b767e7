import type { Migration } from '../platform/migrations.ts';

export const inferenceMigrations: readonly Migration[] = [
  {
    name: '040_inferences',
    async up(knex) {
      await knex.schema.createTable('inferences', (table) => {
        table.uuid('id').primary();
        table.text('request_id').notNullable().index();
        // No foreign key, because the records of a deleted user are kept.
        table.uuid('user_id').index();
        table.text('capability').notNullable();
        table.text('purpose').notNullable();
        table.text('model').notNullable();
        table.text('backend');
        table.integer('prompt_tokens');
        table.integer('completion_tokens');
        table.text('status').notNullable();
        table.timestamp('started_at').notNullable().index();
        table.integer('duration_ms').notNullable();
      });
    },
    async down(knex) {
      await knex.schema.dropTable('inferences');
    },
  },
];
