import type { Knex } from 'knex';

/** The beginning of every value in `private.secrets`: text that must never leave the database through the reader. */
export const secretPrefix = 'canary';

/** What a leaky query would show. Made up, and recognisable wherever it turns up. */
export function secretsOf(database: string): { id: number; name: string; value: string }[] {
  const names = ['payment_gateway_key', 'backup_passphrase', 'admin_password', 'signing_key'];
  return names.map((name, index) => ({
    id: index + 1,
    name,
    value: `${secretPrefix}-${database}-${index + 1}-${name}`,
  }));
}

/** The schema that the reader role cannot see. Both databases have the same. */
export function secretsMigration(database: string) {
  return {
    name: '000_private_secrets',
    async up(knex: Knex): Promise<void> {
      await knex.raw('CREATE SCHEMA IF NOT EXISTS private');
      await knex.raw('CREATE TABLE private.secrets (id int PRIMARY KEY, name text NOT NULL, value text NOT NULL)');
      await knex.withSchema('private').table('secrets').insert(secretsOf(database));
    },
    async down(knex: Knex): Promise<void> {
      await knex.raw('DROP TABLE private.secrets');
    },
  };
}
