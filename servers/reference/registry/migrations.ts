import type { Migration } from '../platform/migrations.ts';

export const registryMigrations: readonly Migration[] = [
  {
    name: '050_registered_models',
    async up(knex) {
      await knex.schema.createTable('registered_models', (table) => {
        table.uuid('id').primary();
        table.text('name').notNullable();
        table.text('version').notNullable();
        table.text('served_id').notNullable();
        table.text('description');
        table.specificType('tags', 'text[]').notNullable();
        table.jsonb('parameters').notNullable();
        table.text('status').notNullable().checkIn(['active', 'deprecated', 'disabled']);
        // Counts the writes, and is the ETag.
        table.integer('revision').notNullable().defaultTo(1);
        // The clock, and not the transaction time, so that lists have the order of creation.
        table.timestamp('created_at').notNullable().defaultTo(knex.raw('clock_timestamp()'));
        table.timestamp('updated_at').notNullable().defaultTo(knex.raw('clock_timestamp()'));
        table.unique(['name', 'version'], { indexName: 'registered_models_name_version' });
        table.index(['created_at', 'id']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('registered_models');
    },
  },
];
