import pg from 'pg';
import type { StartedPostgres } from '../../../fixtures/stack/postgres/types.ts';

/** Runs something as the owner of a database. The connection is closed afterwards. */
export async function asOwner<T>(
  postgres: StartedPostgres,
  database: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(postgres.url(database, 'owner'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
