import pg from 'pg';
import type { Catalog } from '../../databases/catalog.ts';
import type { Place } from '../../databases/contents.ts';
import type { Database } from '../../databases/database.ts';
import { StatementFailure, statementError } from '../../databases/failures.ts';
import { type Comparison, comparisonsOf } from './comparisons.ts';
import type { ValueLookup } from './lookup.ts';

/**
 * Refuses a query that compares a column with a value which stands in another one (`city = 'Brazil'`), and hints at
 * that one as Postgres would. Postgres is asked before it is refused: what is remembered of the values may be old.
 *
 * @throws StatementFailure `value_elsewhere`; what `Database.read` throws where the database is at fault
 */
export async function checkValues(
  sql: string,
  {
    database,
    catalog,
    values,
    signal,
  }: { database: Database; catalog: Catalog; values: ValueLookup; signal: AbortSignal },
): Promise<void> {
  const { comparisons, tables } = await comparisonsOf(sql);
  for (const comparison of comparisons) {
    const places = values.places(database, comparison.value);
    const own = ownerOf(comparison, tables, catalog);
    if (places.length === 0 || !own) continue;
    if (places.some(({ table, column }) => table === own.name && column === comparison.column)) continue;
    if (await holds(database, own.relation, comparison, signal)) continue;
    throw elsewhere(own.name, comparison, nearest(places, own.name, tables));
  }
}

type Owner = { name: string; relation: string };

/** The table of a compared text column, where only one can be meant. */
function ownerOf({ table, column }: Comparison, read: readonly string[], catalog: Catalog): Owner | undefined {
  const candidates = catalog.tables.filter(
    ({ name, columns }) =>
      (table === undefined ? read.includes(name) : name === table) &&
      columns.some((own) => own.name === column && (own.type === 'text' || own.type === 'citext')),
  );
  const [only, more] = candidates;
  return only?.relation && !more ? { name: only.name, relation: only.relation } : undefined;
}

async function holds(database: Database, relation: string, { column, value }: Comparison, signal: AbortSignal) {
  const exists = `SELECT EXISTS (SELECT FROM ${relation} WHERE ${pg.escapeIdentifier(column)} = $1) AS exists`;
  try {
    const result = await database.read(signal, (client) => client.query<{ exists: boolean }>(exists, [value]));
    return result.rows[0]?.exists ?? false;
  } catch (error) {
    // In doubt (a large table without an index, say) for the query.
    if (statementError(error)) return true;
    throw error;
  }
}

/** Of the same table rather than of another that is read, and of that rather than of any. */
function nearest(places: readonly Place[], own: string, read: readonly string[]): Place | undefined {
  return places.find(({ table }) => table === own) ?? places.find(({ table }) => read.includes(table)) ?? places[0];
}

function elsewhere(table: string, { column, value }: Comparison, place: Place | undefined): StatementFailure {
  return new StatementFailure({
    code: 'value_elsewhere',
    message: `no row of ${table} has ${column} = '${value}'`,
    hint: place && `Perhaps you meant to reference the column "${place.table}.${place.column}".`,
  });
}
