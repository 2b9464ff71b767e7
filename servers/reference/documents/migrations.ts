import type { Migration } from '../platform/migrations.ts';

export const documentMigrations: readonly Migration[] = [
  {
    name: '030_documents',
    async up(knex) {
      await knex.schema.createTable('documents', (table) => {
        table.uuid('id').primary();
        table.uuid('owner_id').notNullable().references('users.id').onDelete('CASCADE');
        table.text('name').notNullable();
        table.text('media_type').notNullable().checkIn(['application/pdf', 'text/plain']);
        table.integer('bytes').notNullable();
        table.text('sha256').notNullable();
        table.text('scope').notNullable().checkIn(['private', 'shared']);
        table.text('status').notNullable().checkIn(['pending', 'indexed', 'failed']);
        // Why indexing failed.
        table.text('error');
        table.integer('pages');
        table.text('text');
        // Whether the vector store has the document. Until then only full text finds it.
        table.boolean('embedded').notNullable().defaultTo(false);
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
        table.timestamp('indexed_at');
        table.unique(['owner_id', 'sha256', 'scope']);
        table.index(['scope', 'status']);
      });
      // The file itself, in parts, kept until it is indexed, so that an accepted document survives a crash.
      await knex.schema.createTable('document_parts', (table) => {
        table.uuid('document_id').notNullable().references('documents.id').onDelete('CASCADE');
        table.integer('position').notNullable();
        table.binary('data').notNullable();
        table.primary(['document_id', 'position']);
      });
      await knex.schema.createTable('document_chunks', (table) => {
        table.uuid('id').primary();
        table.uuid('document_id').notNullable().references('documents.id').onDelete('CASCADE');
        table.integer('position').notNullable();
        table.text('text').notNullable();
        table.unique(['document_id', 'position']);
      });
      await knex.raw(
        `ALTER TABLE document_chunks ADD COLUMN tsv tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', text)) STORED`,
      );
      await knex.raw('CREATE INDEX ON document_chunks USING gin (tsv)');
      // Which cached answers quote a document, so that they are deleted with it.
      await knex.schema.createTable('cached_answers', (table) => {
        table.uuid('document_id').notNullable().references('documents.id').onDelete('CASCADE');
        table.text('key').notNullable();
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
        table.primary(['document_id', 'key']);
      });
    },
    async down(knex) {
      for (const name of ['cached_answers', 'document_chunks', 'document_parts', 'documents'])
        await knex.schema.dropTable(name);
    },
  },
];
