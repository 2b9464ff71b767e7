import pg from 'pg';
import type { Catalog, CatalogColumn, CatalogTable } from '../../../fixtures/judge/sql/mutants/catalog.ts';

/** A column with what a filler must know besides. */
export interface Column extends CatalogColumn {
  /** Computed by Postgres: nothing can be written into it. */
  readonly generated: boolean;
  /** `enum`, or Postgres's own letter for the kind of its type: N numbers, S text, D dates, B booleans. */
  readonly category: string;
}

export interface Table extends CatalogTable {
  readonly schema: string;
  readonly columns: readonly Column[];
  /** Those over plain columns, the primary key first. */
  readonly unique: readonly (readonly string[])[];
  /** For SQL: quoted, with its schema. */
  readonly quoted: string;
}

/** A database's tables, and how they refer to each other. Views and partitions are left out. */
export interface FullCatalog extends Catalog {
  readonly tables: readonly Table[];
}

const columnsSql = `
  SELECT n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS quoted, a.attname AS name,
    format_type(a.atttypid, a.atttypmod) AS type, NOT (a.attnotnull OR t.typnotnull) AS nullable,
    a.attgenerated <> '' AS generated,
    CASE coalesce(b.typtype, t.typtype) WHEN 'e' THEN 'enum' ELSE coalesce(b.typcategory, t.typcategory)::text END AS category
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type b ON b.oid = nullif(t.typbasetype, 0)
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY n.nspname <> 'public', n.nspname, c.relname, a.attnum`;

const uniqueSql = `
  SELECT format('%I.%I', n.nspname, c.relname) AS quoted, array_agg(a.attname::text ORDER BY k.at) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k (number, at)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
  WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND k.at <= i.indnkeyatts
  GROUP BY i.indexrelid, n.nspname, c.relname, i.indisprimary ORDER BY NOT i.indisprimary, i.indexrelid::regclass::text`;

const keysSql = `
  SELECT format('%I.%I', n.nspname, c.relname) AS quoted, format('%I.%I', m.nspname, d.relname) AS "to",
    (SELECT array_agg(a.attname::text ORDER BY k.at) FROM unnest(f.conkey) WITH ORDINALITY AS k (number, at)
      JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number) AS columns,
    (SELECT array_agg(a.attname::text ORDER BY k.at) FROM unnest(f.confkey) WITH ORDINALITY AS k (number, at)
      JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number) AS referenced
  FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class d ON d.oid = f.confrelid JOIN pg_namespace m ON m.oid = d.relnamespace
  WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY 1, f.conname`;

/** How many values of a column are known, and how many rows they are looked for in. */
const [mostValues, mostRows] = [12, 50_000];

type Row = Readonly<Record<string, never>>;
type Found = Omit<Column, 'values'> & { schema: string; table: string; quoted: string };

/** Reads it. Of tables with the same name in two schemas, the one in `public` is taken. */
export async function readCatalog(client: pg.ClientBase): Promise<FullCatalog> {
  const rows = async <T>(sql: string): Promise<T[]> => (await client.query<Row>(sql)).rows as T[];
  const tables = new Map<string, Omit<Table, 'columns'> & { columns: Column[] }>();
  const unique = await rows<{ quoted: string; columns: string[] }>(uniqueSql);
  for (const { schema, table, quoted, ...column } of await rows<Found>(columnsSql)) {
    const known = tables.get(table) ?? {
      name: table,
      schema,
      quoted,
      columns: [],
      unique: unique.filter((one) => one.quoted === quoted).map(({ columns }) => columns),
    };
    if (known.quoted !== quoted) continue;
    const values = /^(enum|S)$/.test(column.category) ? await valuesOf(client, quoted, column.name) : [];
    known.columns.push({ ...column, values });
    tables.set(table, known);
  }
  const all = [...tables.values()];
  const nameOf = (quoted: string): string | undefined => all.find((table) => table.quoted === quoted)?.name;
  const keys = await rows<{ quoted: string; to: string; columns: string[]; referenced: string[] }>(keysSql);
  return {
    tables: all,
    foreignKeys: keys.flatMap(({ quoted, to, columns, referenced }) => {
      const [table, target] = [nameOf(quoted), nameOf(to)];
      return table && target ? [{ table, columns, to: { table: target, columns: referenced } }] : [];
    }),
  };
}

async function valuesOf(client: pg.ClientBase, quoted: string, column: string): Promise<string[]> {
  const id = pg.escapeIdentifier(column);
  const { rows } = await client.query<{ value: string }>(
    `SELECT ${id}::text AS value FROM (SELECT ${id} FROM ${quoted} LIMIT ${mostRows}) AS looked_at
     WHERE ${id} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${mostValues}`,
  );
  return rows.map(({ value }) => value);
}
