import pg from 'pg';
import type { Catalog } from '../../databases/catalog.ts';
import type { Place } from '../../databases/contents.ts';
import type { Database } from '../../databases/database.ts';
import { StatementFailure, statementError } from '../../databases/failures.ts';
import { type Comparison, comparisonsOf } from './comparisons.ts';
import type { ValueLookup } from './lookup.ts';

/**
 * Refuses a query that compares a column with a value of another column (`city = 'Brazil'`), with a hint in Postgres's
 * form. The values are read again first, because the remembered ones may be outdated.
 *
 * @throws StatementFailure `value_elsewhere`; errors of `Database.read` for a failure of the database
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

/** The table of a compared text column, if it is unambiguous. */
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
    // In doubt (for example a large table without an index) the query is allowed.
    if (statementError(error)) return true;
    throw error;
  }
}

/** Prefers a column of the same table, then of another table in the query, then of any table. */
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
