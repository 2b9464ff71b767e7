import type { A_Const, ColumnRef, Node } from 'libpg-query';
import { names, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import type { Table } from '../catalog.ts';
import type { Asked } from './atoms.ts';

/** Whether no two rows have the same value in it. */
export const isUnique = ([alias, name]: readonly [string, string], sources: Asked['sources']): boolean => {
  const table = sources.find((source) => source.alias === alias)?.table as Table | undefined;
  return table?.unique.some((columns) => columns.length === 1 && columns[0] === name) ?? false;
};

/** The column that an expression is; the first table that has it, where it is named without one. */
export function columnOf(
  node: Node | undefined,
  sources: Asked['sources'],
): [alias: string, column: string] | undefined {
  const fields = names(tagged<ColumnRef>(node ?? {}, 'ColumnRef')?.fields);
  const [name, alias] = [fields.at(-1), fields.at(-2)];
  const owner = sources.find(
    (source) =>
      (alias === undefined || source.alias === alias) && source.table.columns.some((column) => column.name === name),
  );
  return owner && name !== undefined ? [owner.alias, name] : undefined;
}

/** A constant in SQL, such as the number of a LIMIT. */
export function integer(node: Node): number | undefined {
  const constant = tagged<A_Const>(node, 'A_Const');
  return constant?.ival ? (constant.ival.ival ?? 0) : undefined;
}
