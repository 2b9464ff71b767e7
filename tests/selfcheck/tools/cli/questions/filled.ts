import type { StartedPostgres } from '../../../../../fixtures/stack/postgres/types.ts';
import { asOwner } from '../../../../../tools/cli/questions/as-owner.ts';
import { readCatalog } from '../../../../../tools/cli/questions/catalog.ts';
import { type Filled, fill } from '../../../../../tools/cli/questions/fill/index.ts';

/** A database with a schema and rows of one's own. */
export async function databaseOf(postgres: StartedPostgres, name: string, sql: string): Promise<void> {
  await postgres.createClone('platform', name);
  await asOwner(postgres, name, (client) => client.query(sql));
}

/** Fills a database as `plumbline questions --fill` does. */
export const filled = (postgres: StartedPostgres, name: string, queries: readonly string[]): Promise<Filled> =>
  asOwner(postgres, name, async (client) => fill(client, await readCatalog(client), queries));
