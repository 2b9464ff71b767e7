import pg from 'pg';
import { parseSelect } from '../../../../fixtures/judge/sql/gold/tree.ts';
import { sitesOf, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import { createRandom } from '../../../../seed/databases/random.ts';
import type { FullCatalog, Table } from '../catalog.ts';
import { fillerOf, type Value } from './columns.ts';
import { drafter, type Fixed } from './drafts.ts';
import { laterValues } from './later.ts';
import { type Draft, load, writable } from './load.ts';
import type { Scenario, Wanted } from './scenario.ts';
import { scenariosOf } from './scenarios.ts';
import { planTables } from './tables.ts';

/** What was put into one table. */
export interface FilledTable {
  readonly table: Table;
  /** As Postgres prints them, in the order of the columns that can be written. */
  readonly rows: readonly (readonly Value[])[];
  /** Rows of the first instance. */
  readonly first: number;
  /** Rows that no draw made acceptable, and Postgres's last reason. */
  readonly dropped: number;
  readonly reason: string;
}

export interface Filled {
  readonly tables: readonly FilledTable[];
  /** Foreign keys left NULL: `a (b_id)`. */
  readonly left: readonly string[];
}

/** Rows of the first that are looked at, and made: a second instance need not be large. */
const [mostRead, mostMade] = [20_000, 1_500];
const [seed, smaller, withheld] = [7, 0.7, 0.25];

/**
 * Replaces the rows of a database by others like them. The same rows and queries give the same.
 *
 * @param client a connection as the owner, to a copy of the first instance
 * @param queries gold SQL: what its rows must decide
 * @throws where tables refer to each other in a circle that no row can begin
 */
export async function fill(client: pg.Client, catalog: FullCatalog, queries: readonly string[]): Promise<Filled> {
  const trees = await Promise.all(queries.map(parseSelect));
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
  for (const table of tables) {
    const random = createRandom(seed, table.name);
    const bases = firsts.get(table.name) ?? [];
    const columns = writable(table);
    const referenced = (name: string) =>
      foreignKeys.some(({ to }) => to.table === table.name && to.columns.includes(name));
    const broken = left.filter((key) => key.table === table.name).flatMap((key) => key.columns);
    const fillers = columns.map((column, at) =>
      fillerOf(
        { column, table, referenced: referenced(column.name) },
        bases.map((row) => row[at] ?? null),
        random,
      ),
    );
    made.set(table.name, []);
    const keys = foreignKeys
      .filter((key) => key.table === table.name)
      .sort((one, other) => other.columns.length - one.columns.length)
      .map((key) => ({ key, partners: () => made.get(key.to.table) ?? [] }));
    const drafts = drafter({ table, fillers, bases, keys, random });
    const nulls: Fixed = Object.fromEntries(broken.map((name) => [name, null]));
    const recordOf = (row: readonly Value[]) =>
      Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]));

    const count = Math.min(mostMade, Math.max(Math.round(bases.length * smaller), Math.min(bases.length, 12)));
    const kept: Draft[] = [];
    let [dropped, reason]: [number, string | undefined] = [0, undefined];
    const put = async (some: readonly (Draft | undefined)[]): Promise<readonly Draft[]> => {
      const loaded = await load(
        client,
        table,
        some.filter((draft) => draft !== undefined),
      );
      kept.push(...loaded.kept);
      dropped += loaded.dropped + some.filter((draft) => draft === undefined).length;
      reason = loaded.reason ?? reason;
      return loaded.kept;
    };
    for (let done = 0; done < count; done += 100) {
      const batch = await put(Array.from({ length: Math.min(100, count - done) }, () => drafts.next(nulls)));
      // Some have no partner in any join.
      made.get(table.name)?.push(...batch.filter(() => !random.chance(withheld)).map(({ row }) => recordOf(row)));
    }
    const later = laterValues(columns, () => kept.map(({ row }) => row), bases, random);
    const wish = (some: readonly Scenario[]): (Draft | undefined)[] =>
      some.flatMap((scenario) =>
        scenario.rows.flatMap((row) => {
          if (row.table.name !== table.name) return [];
          const linked = linkedValues(scenario, row, rowsOf);
          const draft = drafts.next({ ...nulls, ...later(row.set), ...linked }, (values) => {
            if (values) rowsOf.set(row, values);
            else rowsOf.delete(row);
          });
          const twin = draft && scenario.twice ? drafts.twin(draft.row) : undefined;
          return twin ? [draft, twin] : [draft];
        }),
      );
    // Last those that shall be beyond all others.
    await put(wish(scenarios.filter((one) => !isBeyond(one))));
    await put(wish(scenarios.filter(isBeyond)));
    filled.push({
      table,
      rows: kept.map(({ row }) => row),
      first: bases.length,
      dropped,
      reason: reason ?? 'no unique value was left',
    });
  }
  await client.query('COMMIT');
  return { tables: filled, left: left.map(({ table, columns }) => `${table} (${columns.join(', ')})`) };
}

const isBeyond = ({ rows }: Scenario): boolean =>
  rows.some(({ set }) =>
    Object.values(set).some((value) => typeof value === 'object' && value !== null && 'beyond' in value),
  );

/** The values that a row must share with rows of its scenario made before. */
function linkedValues({ rows, links }: Scenario, row: Wanted, rowsOf: ReadonlyMap<Wanted, readonly Value[]>): Fixed {
  const fixed: Record<string, Value> = {};
  for (const { left, right } of links)
    for (const [own, other] of [
      [left, right],
      [right, left],
    ] as const) {
      if (own.alias !== row.alias) continue;
      const partner = rows.find(({ alias }) => alias === other.alias);
      const values = partner && rowsOf.get(partner);
      if (!partner || !values) continue;
      fixed[own.column] = values[writable(partner.table).findIndex(({ name }) => name === other.column)] ?? null;
    }
  return fixed;
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
