import type { SelectStmt, SortBy } from 'libpg-query';
import { sitesOf, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import type { FullCatalog, Table } from '../catalog.ts';
import { type Asked, askedBy } from './atoms.ts';
import type { Value } from './columns.ts';
import { groupsOf } from './groups.ts';
import { columnOf, integer, isUnique } from './places.ts';
import type { Later, More, Scenario, Wanted } from './scenario.ts';

/** More rows at one end are not made. */
const mostOnTop = 250;

/** What the rows of a second instance must have for each query: near misses, rows without partner, ties, equal rows. */
export function scenariosOf(queries: readonly SelectStmt[], catalog: FullCatalog): Scenario[] {
  const found = new Map<string, Scenario>();
  for (const query of queries)
    for (const select of selectsIn(query))
      for (const scenario of scenariosFor(select, askedBy(select, catalog), catalog))
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

function scenariosFor(select: SelectStmt, { sources, atoms, links }: Asked, catalog: FullCatalog): Scenario[] {
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
    ...groupsOf(select, { sources, atoms, links }, catalog).map(({ more, alias, count, parents }) => ({
      rows: [
        ...parents.map((parent) => parent.row),
        ...rowsWith(more).flatMap((row) => Array.from({ length: row.alias === alias ? count : 1 }, () => row)),
      ],
      links: [...links, ...parents.map((parent) => parent.link)],
      twice: false,
    })),
  ];
}

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
  return Array.from({ length: Math.min(count, mostOnTop) }, (_, nth): More => {
    return [...column, { beyond, nth, tied: sortClause.length > 1 && nth % tie > 0 }];
  });
}
