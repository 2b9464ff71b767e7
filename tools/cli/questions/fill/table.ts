import type pg from 'pg';
import type { ForeignKey } from '../../../../fixtures/judge/sql/mutants/catalog.ts';
import { createRandom } from '../../../../seed/databases/random.ts';
import type { Table } from '../catalog.ts';
import { fillerOf, type Value } from './columns.ts';
import { drafter, type Fixed } from './drafts.ts';
import { laterValues } from './later.ts';
import { type Draft, load, writable } from './load.ts';
import type { Scenario, Wanted } from './scenario.ts';

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

/** What the tables of one instance share while they are filled, one after the other. */
interface Filling {
  readonly foreignKeys: readonly ForeignKey[];
  readonly left: readonly ForeignKey[];
  readonly scenarios: readonly Scenario[];
  /** Rows that others may refer to, by table. */
  readonly made: Map<string, Readonly<Record<string, Value>>[]>;
  /** The rows that scenarios have got so far. */
  readonly rowsOf: Map<Wanted, readonly Value[]>;
  /** The rows of the table in the first instance. */
  readonly bases: readonly (readonly Value[])[];
}

/** At most so many rows are made besides those for scenarios, in batches: a second instance need not be large. */
const [mostMade, batchSize] = [1_500, 100];
const [seed, smaller, withheld] = [7, 0.7, 0.25];

/** Fills one table, whose parents are filled: with rows like those of the first, then with those for scenarios. */
export async function fillTable(
  client: pg.Client,
  table: Table,
  { foreignKeys, left, scenarios, made, rowsOf, bases }: Filling,
): Promise<FilledTable> {
  const random = createRandom(seed, table.name);
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
  for (let done = 0; done < count; done += batchSize) {
    const batch = await put(Array.from({ length: Math.min(batchSize, count - done) }, () => drafts.next(nulls)));
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
  return {
    table,
    rows: kept.map(({ row }) => row),
    first: bases.length,
    dropped,
    reason: reason ?? 'no unique value was left',
  };
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
