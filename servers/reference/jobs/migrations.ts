import type { Migration } from '../platform/migrations.ts';

export const jobMigrations: readonly Migration[] = [
  {
    name: '020_jobs',
    async up(knex) {
      await knex.schema.createTable('jobs', (table) => {
        // The job's id in the queue.
        table.uuid('id').primary();
        table.text('kind').notNullable();
        table.uuid('owner_id').notNullable().references('users.id').onDelete('CASCADE').index();
        // The id of the job's subject. No foreign key, because several kinds of jobs share the table.
        table.uuid('subject').notNullable().index();
        table.text('state').notNullable().checkIn(['queued', 'active', 'done', 'failed', 'cancelled']);
        table.smallint('progress').notNullable().defaultTo(0).checkBetween([0, 100]);
        table.jsonb('error');
        // The instance that runs the job.
        table.text('worker');
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
        table.timestamp('finished_at');
      });
      // Every change of a job is announced to the watchers of all instances when it is committed.
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
