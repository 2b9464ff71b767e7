import type { Migration } from '../platform/migrations.ts';

export const batchMigrations: readonly Migration[] = [
  {
    name: '060_batches',
    async up(knex) {
      await knex.schema.createTable('batches', (table) => {
        table.uuid('id').primary();
        table.uuid('owner').notNullable().index();
        // Copied when the batch is submitted, because the registry may change meanwhile.
        table.jsonb('model').notNullable();
        table.text('state').notNullable().checkIn(['queued', 'running', 'done', 'failed', 'cancelled']);
        table.integer('total').notNullable();
        table.text('request_id').notNullable();
        table.jsonb('trace').notNullable();
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
        table.timestamp('started_at');
        table.timestamp('finished_at');
      });
      await knex.schema.createTable('batch_items', (table) => {
        table.uuid('batch_id').notNullable().references('batches.id').onDelete('CASCADE');
        table.integer('position').notNullable();
        table.text('item_id').notNullable();
        table.jsonb('prompt').notNullable();
        table.text('state').notNullable().checkIn(['queued', 'running', 'done', 'failed', 'cancelled']);
        table.integer('attempts').notNullable().defaultTo(0);
        table.uuid('worker');
        table.timestamp('not_before');
        table.jsonb('result');
        table.jsonb('error');
        table.timestamp('started_at');
        table.timestamp('finished_at');
        table.primary(['batch_id', 'position']);
        table.unique(['batch_id', 'item_id']);
      });
      await knex.schema.createTable('batch_workers', (table) => {
        table.uuid('id').primary();
        table.timestamp('seen_at').notNullable();
      });
      await knex.raw(`CREATE INDEX batch_items_next ON batch_items (position, batch_id) WHERE state = 'queued'`);
      await knex.raw(`CREATE INDEX batch_items_open ON batch_items (batch_id) WHERE state IN ('queued', 'running')`);
      await knex.raw(`CREATE INDEX batch_items_running ON batch_items (worker) WHERE state = 'running'`);
      await knex.raw(`CREATE INDEX batches_open ON batches (id) WHERE state IN ('queued', 'running')`);
    },
    async down(knex) {
      for (const table of ['batch_workers', 'batch_items', 'batches']) await knex.schema.dropTable(table);
    },
  },
];
