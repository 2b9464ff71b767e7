import type { ClientBase } from 'pg';

/** The schema of a database as prompts and callers see it, read from its live catalog. */
export type Column = {
  name: string;
  /** Short type name, as prompts show it: int, numeric, text, bool, date, timestamptz, or Postgres's own. */
  type: string;
  nullable: boolean;
  /** An enum's labels, in order. */
  labels?: string[];
  /** The table that a foreign key points to. */
  references?: string;
};
export type Table = {
  name: string;
  columns: Column[];
  /** Schema and name, quoted for a statement. Missing for views and foreign tables, which do not store rows. */
  relation?: string;
};
export type Catalog = {
  tables: readonly Table[];
  /** Names of functions that may have side effects: those that Postgres calls volatile. */
  volatileFunctions: ReadonlySet<string>;
};

type CatalogRow = {
  schema: string;
  table: string;
  relation: string | null;
  column: string;
  type: string;
  nullable: boolean;
  labels: string[] | null;
  references: string | null;
};

/** One row for each column that the session's role may read, tables in the order of their creation. $1: the schemas. */
const catalogQuery = `
  SELECT n.nspname AS schema, c.relname AS table,
         CASE WHEN c.relkind IN ('r', 'p', 'm') THEN format('%I.%I', n.nspname, c.relname) END AS relation,
         a.attname AS column, NOT a.attnotnull AS nullable,
         CASE WHEN t.typname IN ('int2', 'int4', 'int8') THEN 'int'
              WHEN t.typname IN ('varchar', 'bpchar') THEN 'text'
              ELSE t.typname END AS type,
         (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
         (SELECT f.relname FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
           WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1) AS references
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
   WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
   ORDER BY array_position($1, n.nspname::text), c.oid, a.attnum`;

const volatileQuery = `SELECT DISTINCT proname AS name FROM pg_proc WHERE provolatile = 'v' OR prosecdef`;

/**
 * Reads the catalog as the session's role sees it.
 *
 * @param schemas the allowed schemas; tables of the first one are named without their schema
 */
export async function readCatalog(client: ClientBase, schemas: readonly string[]): Promise<Catalog> {
  const columns = await client.query<CatalogRow>(catalogQuery, [schemas]);
  const functions = await client.query<{ name: string }>(volatileQuery);
  return {
    tables: groupByTable(columns.rows, schemas),
    volatileFunctions: new Set(functions.rows.map(({ name }) => name)),
  };
}

function groupByTable(rows: readonly CatalogRow[], schemas: readonly string[]): Table[] {
  const tables = new Map<string, Table>();
  for (const { schema, table, relation, column, type, nullable, labels, references } of rows) {
    const name = schema === schemas[0] ? table : `${schema}.${table}`;
    const entry = tables.get(name) ?? { name, columns: [], ...(relation ? { relation } : {}) };
    entry.columns.push({
      name: column,
      type,
      nullable,
      ...(labels ? { labels } : {}),
      ...(references ? { references } : {}),
    });
    tables.set(name, entry);
  }
  return [...tables.values()];
}
