import type { A_Expr, FuncCall, SelectStmt } from 'libpg-query';
import { names, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import type { Column, FullCatalog, Table } from '../catalog.ts';
import { type Asked, around, type Link } from './atoms.ts';
import { columnOf, integer } from './places.ts';
import type { More, Wanted } from './scenario.ts';

/** One group of rows whose aggregate is on the border of a HAVING, or next to it. */
export interface Group {
  /** The table whose rows are aggregated, and how many there are. */
  readonly alias: string;
  readonly count: number;
  readonly more: readonly More[];
  /** Rows that nothing else refers to, for a group by a foreign key. */
  readonly parents: readonly { readonly row: Wanted; readonly link: Link }[];
}

/** More rows of one group are not made. */
const mostOfGroup = 250;
const number: Column = { category: 'N', type: 'integer', name: '', generated: false, nullable: false, values: [] };

/** Groups for `HAVING aggregate(column) < number`; none for another HAVING. */
export function groupsOf(select: SelectStmt, { sources, links }: Asked, { foreignKeys, tables }: FullCatalog): Group[] {
  const having = tagged<A_Expr>(select.havingClause ?? {}, 'A_Expr');
  const call = tagged<FuncCall>(having?.lexpr ?? {}, 'FuncCall');
  const limit = having?.rexpr && integer(having.rexpr);
  if (!call || limit === undefined) return [];
  const tableOf = (alias: string): Table => sources.find((source) => source.alias === alias)?.table as Table;
  const keyOf = (alias: string, column: string) =>
    foreignKeys.find(
      ({ table, columns }) => table === tableOf(alias).name && columns.length === 1 && columns[0] === column,
    );
  const name = names(call.funcname)[0] ?? '';
  const column = columnOf(call.args?.[0], sources);
  // count(*) counts the rows of the table that refers to the others.
  const many = links.flatMap(({ left, right }) => [left, right]).find((end) => keyOf(end.alias, end.column));
  const alias = column?.[0] ?? many?.alias ?? sources[0]?.alias;
  if (alias === undefined) return [];
  const keys = (select.groupClause ?? []).flatMap((key) => {
    const found = columnOf(key, sources);
    return found?.[0] === alias ? [found[1]] : [];
  });
  const parents = keys.flatMap((key, at): Group['parents'][number][] => {
    const to = keyOf(alias, key)?.to;
    const table = tables.find((one) => one.name === to?.table);
    if (!to || !table) return [];
    const parent = `parent ${at}`;
    const link = { left: { alias, column: key }, right: { alias: parent, column: to.columns[0] as string } };
    return [{ row: { alias: parent, table, set: {} }, link }];
  });
  const named = keys.filter((key) => tableOf(alias).columns.find((one) => one.name === key)?.category === 'S');
  return around(number, String(limit)).flatMap((text): Group[] => {
    const fresh = named.filter((key) => !keyOf(alias, key)).map((key): More => [alias, key, { fresh: Number(text) }]);
    // A row of its own for each group.
    const group = { alias, parents: parents.map(({ row, link }) => ({ row: { ...row }, link })) };
    const count = Math.max(0, Number(text));
    if (name === 'count') return count > mostOfGroup ? [] : [{ ...group, more: fresh, count }];
    return column ? [{ ...group, more: [...fresh, [...column, text]], count: name === 'sum' ? 1 : 2 }] : [];
  });
}
