import pg from 'pg';
import type { Catalog, Table } from './catalog.ts';
import type { Database } from './database.ts';
import { statementError } from './failures.ts';

/** A value with its table and column, named as in prompts and queries. */
export type Place = { table: string; column: string; value: string };

/** A text column's values, or an enum's labels. */
export type Contents = { table: string; column: string; values: string[] };

/** Longer values are sentences, which no question repeats verbatim. */
const longest = 60;
/** Only this many rows of a table are read, which bounds the cost. Larger tables are known in part. */
const rows = 100_000;
/** Limit of the values of all columns together. */
const most = 50_000;

/**
 * Reads the values of the text columns, with the role and the limits of all other reads. Columns that the role may not
 * read are not in the catalog, so they are not read.
 *
 * @param perColumn a column with more different values is left out, because a part of them would mislead
 * @param onUnread called for each table that cannot be read, and has no values then
 * @returns columns in the order of the catalog
 * @throws ProblemError as `Database.read` does
 */
export async function readContents(
  database: Database,
  { tables }: Catalog,
  perColumn: number,
  signal: AbortSignal,
  onUnread: (table: string, error: unknown) => void,
): Promise<Contents[]> {
  const sources = tables.flatMap(textColumns);
  const read = (some: readonly Source[]) => readValues(database, some, perColumn, signal);
  const values = await read(sources).catch(async (error: unknown) => {
    if (!statementError(error)) throw error;
    return byTable(sources, read, onUnread);
  });
  let left = most;
  return tables.flatMap(({ name, columns }) =>
    columns.flatMap((column) => {
      const own = column.labels ?? values.get(`${name}.${column.name}`) ?? [];
      if (own.length === 0 || own.length > left) return [];
      left -= own.length;
      return [{ table: name, column: column.name, values: own }];
    }),
  );
}

type Source = { key: string; table: string; relation: string; column: string };

function textColumns({ name, relation, columns }: Table): Source[] {
  if (relation === undefined) return [];
  const texts = columns.filter(({ type, labels }) => !labels && (type === 'text' || type === 'citext'));
  return texts.map(({ name: column }) => ({ key: `${name}.${column}`, table: name, relation, column }));
}

type Values = Map<string, string[]>;

/** All columns in one statement, so that a distant database costs one round trip. */
async function readValues(
  database: Database,
  sources: readonly Source[],
  perColumn: number,
  signal: AbortSignal,
): Promise<Values> {
  const values: Values = new Map();
  if (sources.length === 0) return values;
  const parts = sources.map(
    ({ relation, column }, index) => `
      (SELECT DISTINCT ${index} AS source, value
         FROM (SELECT ${pg.escapeIdentifier(column)}::text AS value FROM ${relation} LIMIT ${rows}) sample
        WHERE length(value) <= ${longest} AND value !~ '[[:cntrl:]]'
        LIMIT ${perColumn + 1})`,
  );
  const result = await database.read(signal, (client) =>
    client.query<{ source: number; value: string }>(`${parts.join(' UNION ALL ')} ORDER BY source, value`),
  );
  for (const { source, value } of result.rows) {
    const key = sources[source]?.key ?? '';
    const list = values.get(key) ?? [];
    list.push(value);
    values.set(key, list);
  }
  for (const [key, list] of values) if (list.length > perColumn) values.delete(key);
  return values;
}

/** A table that cannot be read (a broken policy, a lock) must not prevent reading the others. */
async function byTable(
  sources: readonly Source[],
  read: (some: readonly Source[]) => Promise<Values>,
  onUnread: (table: string, error: unknown) => void,
): Promise<Values> {
  const all: [string, string[]][] = [];
  for (const [table, own] of Map.groupBy(sources, ({ table }) => table)) {
    try {
      all.push(...(await read(own)));
    } catch (error) {
      if (!statementError(error)) throw error;
      onUnread(table, error);
    }
  }
  return new Map(all);
}
