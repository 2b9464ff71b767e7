import type { Migration } from '../platform/migrations.ts';

export const jobMigrations: readonly Migration[] = [
  {
    name: '020_jobs',
    async up(knex) {
      await knex.schema.createTable('jobs', (table) => {
        // The same id as in the queue.
        table.uuid('id').primary();
        table.text('kind').notNullable();
        table.uuid('owner_id').notNullable().references('users.id').onDelete('CASCADE').index();
        // What the job is about; no foreign key, because jobs of several kinds share the table.
        table.uuid('subject').notNullable().index();
        table.text('state').notNullable().checkIn(['queued', 'active', 'done', 'failed', 'cancelled']);
        table.smallint('progress').notNullable().defaultTo(0).checkBetween([0, 100]);
        table.jsonb('error');
        // Which instance works on it.
        table.text('worker');
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
        table.timestamp('finished_at');
      });
      // Whoever changes a job, every instance's watchers hear of it, once the change is committed.
      await knex.raw(`
        CREATE FUNCTION announce_job() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify('plumbline_jobs', NEW.id::text);
          RETURN NULL;
        END $$`);
      await knex.raw(`
        CREATE TRIGGER announce_job AFTER INSERT OR UPDATE ON jobs
        FOR EACH ROW EXECUTE FUNCTION announce_job()`);
    },
    async down(knex) {
      await knex.schema.dropTable('jobs');
      await knex.raw('DROP FUNCTION announce_job()');
    },
  },
];
