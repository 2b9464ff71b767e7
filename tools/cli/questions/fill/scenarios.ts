import type { A_Const, A_Expr, ColumnRef, FuncCall, Node, SelectStmt, SortBy } from 'libpg-query';
import { names, sitesOf, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import type { FullCatalog, Table } from '../catalog.ts';
import { type Asked, around, askedBy, type Link } from './atoms.ts';
import type { Value } from './columns.ts';

/** A value that is only known once the others of its column are: beyond all of them, or one that none of them has. */
export type Later =
  | { readonly beyond: 'above' | 'below'; readonly nth: number /** As the one before it. */; readonly tied: boolean }
  | { readonly fresh: number };

/** One row that a query shall come upon. */
export interface Wanted {
  readonly alias: string;
  readonly table: Table;
  readonly set: Readonly<Record<string, Value | Later>>;
}

/** Rows that belong together, for one thing that a query must get right. */
export interface Scenario {
  readonly rows: readonly Wanted[];
  readonly links: readonly Link[];
  /** Each row comes twice, but for its keys. */
  readonly twice: boolean;
}

/** More rows of one group than this are not made. */
const mostOfGroup = 250;

/** What the rows of a second instance must have for each query: near misses, rows without partner, ties, equal rows. */
export function scenariosOf(queries: readonly SelectStmt[], catalog: FullCatalog): Scenario[] {
  const found = new Map<string, Scenario>();
  for (const query of queries)
    for (const select of selectsIn(query))
      for (const scenario of scenariosFor(select, askedBy(select, catalog)))
        found.set(
          JSON.stringify([scenario.rows.map(({ table, ...row }) => [table.name, row]), scenario.links]),
          scenario,
        );
  return [...found.values()];
}

function* selectsIn(query: SelectStmt): Generator<SelectStmt> {
  for (const { node, path } of sitesOf(query)) {
    const arm = ['larg', 'rarg'].includes(String(path.at(-1))) && (node as SelectStmt).targetList;
    const select = path.length === 0 || arm ? (node as SelectStmt) : tagged<SelectStmt>(node, 'SelectStmt');
    if (select?.fromClause) yield select;
  }
}

function scenariosFor(select: SelectStmt, { sources, atoms, links }: Asked): Scenario[] {
  const rowsWith = (more: readonly [alias: string, column: string, value: Value | Later][]): Wanted[] =>
    sources.map(({ alias, table }) => {
      const hits = atoms.flatMap((atom): [string, Value][] =>
        atom.alias === alias && atom.hit !== undefined ? [[atom.column.name, atom.hit]] : [],
      );
      const own = more.filter(([of]) => of === alias).map(([, column, value]) => [column, value] as const);
      // The first condition on a column is the one that its value fulfils.
      return { alias, table: table as Table, set: Object.fromEntries([...hits.toReversed(), ...own]) };
    });
  const scenario = (rows: readonly Wanted[], twice = false): Scenario => ({ rows, links, twice });
  const near = atoms.flatMap(({ alias, column, hit, near: values }) =>
    values.filter((value) => value !== hit).map((value) => scenario(rowsWith([[alias, column.name, value]]))),
  );
  const alone = sources.length > 1 ? rowsWith([]).map((row) => scenario([row])) : [];
  return [
    scenario(rowsWith([]), !select.limitCount),
    ...near,
    ...alone,
    ...topRows(select, { sources, atoms, links }).map((more) => scenario(rowsWith([more]))),
    ...groups(select, { sources, atoms, links }).map(({ more, alias, count }) => {
      const rows = rowsWith(more);
      return scenario(rows.flatMap((row) => (row.alias === alias ? Array.from({ length: count }, () => row) : [row])));
    }),
  ];
}

type More = [alias: string, column: string, value: Value | Later];

/** How many rows tie under the first of several sort keys. */
const tie = 3;

/**
 * At the end that counts, so many rows that a LIMIT takes none of the others: each with a value of its own, so that it
 * cuts no tie; where there are further sort keys, some tie, so that those count.
 */
function topRows(select: SelectStmt, { sources }: Asked): More[] {
  const { sortClause = [], limitCount, limitOffset } = select;
  const sort = tagged<SortBy>(sortClause[0] ?? {}, 'SortBy');
  const column = columnOf(sort?.node, sources);
  if (!column || !limitCount || isUnique(column, sources)) return [];
  const count = (integer(limitCount) ?? 0) + (limitOffset ? (integer(limitOffset) ?? 0) : 0) + 2;
  const beyond = sort?.sortby_dir === 'SORTBY_DESC' ? 'above' : 'below';
  return Array.from({ length: Math.min(count, mostOfGroup) }, (_, nth): More => {
    return [...column, { beyond, nth, tied: sortClause.length > 1 && nth % tie > 0 }];
  });
}

/** Groups on and around the border of a HAVING. */
function groups(select: SelectStmt, { sources, links }: Asked): { more: More[]; alias: string; count: number }[] {
  const having = tagged<A_Expr>(select.havingClause ?? {}, 'A_Expr');
  const call = tagged<FuncCall>(having?.lexpr ?? {}, 'FuncCall');
  const limit = having?.rexpr && (integer(having.rexpr) ?? Number.NaN);
  if (!call || limit === undefined || Number.isNaN(limit)) return [];
  const name = names(call.funcname)[0] ?? '';
  const column = columnOf(call.args?.[0], sources);
  // Without a column, the table that refers to the others.
  const many = links
    .flatMap(({ left, right }) => [left, right])
    .find(({ column: key }) => key !== 'id' && key.endsWith('id'));
  const alias = column?.[0] ?? many?.alias ?? sources[0]?.alias;
  if (alias === undefined) return [];
  const fresh = (select.groupClause ?? []).flatMap((key): More[] => {
    const found = columnOf(key, sources);
    return found && found[0] === alias && category(found, sources) === 'S' ? [[...found, { fresh: limit }]] : [];
  });
  const number = { category: 'N', type: 'integer', name: '', generated: false, nullable: false, values: [] };
  return around(number, String(limit)).flatMap((text) => {
    const unique = fresh.map(([of, key]): More => [of, key, { fresh: Number(text) }]);
    const count = Math.max(0, Number(text));
    if (name === 'count') return count > mostOfGroup ? [] : [{ more: unique, alias, count }];
    return column ? [{ more: [...unique, [...column, text] as More], alias, count: name === 'sum' ? 1 : 2 }] : [];
  });
}

const isUnique = ([alias, name]: readonly [string, string], sources: Asked['sources']): boolean => {
  const table = sources.find((source) => source.alias === alias)?.table as Table | undefined;
  return table?.unique.some((columns) => columns.length === 1 && columns[0] === name) ?? false;
};

const category = ([alias, name]: readonly [string, string], sources: Asked['sources']): string | undefined =>
  (sources.find((source) => source.alias === alias)?.table as Table | undefined)?.columns.find(
    (column) => column.name === name,
  )?.category;

function columnOf(node: Node | undefined, sources: Asked['sources']): [alias: string, column: string] | undefined {
  const fields = names(tagged<ColumnRef>(node ?? {}, 'ColumnRef')?.fields);
  const [name, alias] = [fields.at(-1), fields.at(-2)];
  const owner = sources.find(
    (source) =>
      (alias === undefined || source.alias === alias) && source.table.columns.some((column) => column.name === name),
  );
  return owner && name !== undefined ? [owner.alias, name] : undefined;
}

function integer(node: Node): number | undefined {
  const constant = tagged<A_Const>(node, 'A_Const');
  return constant?.ival ? (constant.ival.ival ?? 0) : undefined;
}
