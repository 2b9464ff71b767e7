import type { ForeignKey } from '../../../../fixtures/judge/sql/mutants/catalog.ts';
import type { FullCatalog, Table } from '../catalog.ts';

/** The tables to fill, each after those that it refers to. */
export interface Plan {
  readonly tables: readonly Table[];
  /** Those between them; without those that close a circle. */
  readonly foreignKeys: readonly ForeignKey[];
  /** Foreign keys whose columns stay NULL, because they close a circle of tables. */
  readonly left: readonly ForeignKey[];
}

/**
 * Plans which tables get new rows: those that queries name, and all that foreign keys tie to them. Others, such as the
 * books of a migration tool, keep theirs.
 *
 * @throws where tables refer to each other in a circle that no row can begin
 */
export function planTables({ tables, foreignKeys }: FullCatalog, named: ReadonlySet<string>): Plan {
  const wanted = new Set(tables.filter(({ name }) => named.has(name)).map(({ name }) => name));
  // Iterating a set includes what is added on the way.
  for (const name of wanted)
    for (const key of foreignKeys)
      if (key.table === name || key.to.table === name) wanted.add(key.table).add(key.to.table);
  const keys = foreignKeys.filter(({ table }) => wanted.has(table));
  const order: Table[] = [];
  const left = new Set<ForeignKey>();
  const visit = (table: Table, above: readonly string[]): void => {
    if (order.includes(table)) return;
    for (const key of keys.filter((one) => one.table === table.name && one.to.table !== table.name)) {
      const target = tables.find(({ name }) => name === key.to.table) as Table;
      if (![...above, table.name].includes(target.name)) visit(target, [...above, table.name]);
      else if (key.columns.some((name) => table.columns.find((column) => column.name === name)?.nullable))
        left.add(key);
      else
        throw new Error(
          `${table.name} (${key.columns.join(', ')}) and ${target.name} refer to each other, and neither may be NULL: ` +
            'no first row can be made. Write the second instance by hand.',
        );
    }
    order.push(table);
  };
  for (const table of tables) if (wanted.has(table.name)) visit(table, []);
  return { tables: order, foreignKeys: keys.filter((key) => !left.has(key)), left: [...left] };
}
