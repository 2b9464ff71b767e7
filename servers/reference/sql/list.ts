import type { z } from 'zod';
import type { Database } from '../databases/database.ts';
import type { databaseList } from './schemas.ts';

/** Every database with its tables. A database that is down is listed with its last known tables. */
export async function listDatabases(
  databases: ReadonlyMap<string, Database>,
  signal: AbortSignal,
): Promise<z.input<typeof databaseList>> {
  const list = [...databases.values()].map(async (database) => {
    try {
      await database.ping(signal);
      const { tables } = await database.catalog(signal);
      return { name: database.name, status: 'up' as const, tables: [...tables] };
    } catch {
      signal.throwIfAborted();
      return { name: database.name, status: 'down' as const, tables: [...(database.lastCatalog()?.tables ?? [])] };
    }
  });
  return { databases: await Promise.all(list) };
}
