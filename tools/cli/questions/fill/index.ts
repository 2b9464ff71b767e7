import pg from 'pg';
import { parseSelect } from '../../../../fixtures/judge/sql/gold/tree.ts';
import { sitesOf, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import type { FullCatalog, Table } from '../catalog.ts';
import type { Value } from './columns.ts';
import { writable } from './load.ts';
import type { Wanted } from './scenario.ts';
import { scenariosOf } from './scenarios.ts';
import { type FilledTable, fillTable } from './table.ts';
import { planTables } from './tables.ts';

export interface Filled {
  readonly tables: readonly FilledTable[];
  /** Foreign keys left NULL: `a (b_id)`. */
  readonly left: readonly string[];
}

/** Rows of a table of the first that are looked at. */
const mostRead = 20_000;

/**
 * Replaces the rows of a database by others like them. The same rows and queries give the same.
 *
 * @param client a connection as the owner, to a copy of the first instance
 * @param queries gold SQL: what its rows must decide
 * @throws where tables refer to each other in a circle that no row can begin
 */
export async function fill(client: pg.Client, catalog: FullCatalog, queries: readonly string[]): Promise<Filled> {
  // One that does not parse is told where it is run.
  const trees = (await Promise.allSettled(queries.map(parseSelect))).flatMap((one) =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  const named = new Set(
    trees.flatMap((tree) =>
      [...sitesOf(tree)].flatMap(({ node }) => tagged<{ relname?: string }>(node, 'RangeVar')?.relname ?? []),
    ),
  );
  const { tables, foreignKeys, left } = planTables(catalog, named);
  const scenarios = scenariosOf(trees, catalog);
  await client.query(
    "BEGIN; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'",
  );
  const firsts = new Map<string, Value[][]>();
  for (const table of tables) firsts.set(table.name, await readRows(client, table));
  if (tables.length > 0) await client.query(`TRUNCATE ${tables.map(({ quoted }) => quoted).join(', ')}`);

  const made = new Map<string, Readonly<Record<string, Value>>[]>();
  const rowsOf = new Map<Wanted, readonly Value[]>();
  const filled: FilledTable[] = [];
  for (const table of tables)
    filled.push(
      await fillTable(client, table, {
        foreignKeys,
        left,
        scenarios,
        made,
        rowsOf,
        bases: firsts.get(table.name) ?? [],
      }),
    );
  await client.query('COMMIT');
  return { tables: filled, left: left.map(({ table, columns }) => `${table} (${columns.join(', ')})`) };
}

const asText = { getTypeParser: () => (text: string) => text };

async function readRows(client: pg.Client, table: Table): Promise<Value[][]> {
  const columns = writable(table).map(({ name }) => pg.escapeIdentifier(name));
  const [key] = table.unique;
  const order = key ? key.map((name) => pg.escapeIdentifier(name)) : columns.map((name) => `${name}::text`);
  const { rows } = await client.query<Value[]>({
    text: `SELECT ${columns.join(', ')} FROM ${table.quoted} ORDER BY ${order.join(', ')} LIMIT ${mostRead}`,
    rowMode: 'array',
    types: asText,
  } as pg.QueryArrayConfig);
  return rows;
}
