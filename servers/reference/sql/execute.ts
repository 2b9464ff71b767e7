import type { Socket } from 'node:net';
import type { ClientBase, FieldDef } from 'pg';
import type { Config } from '../config.ts';
import type { Database } from '../databases/database.ts';
import { StatementFailure } from '../databases/failures.ts';
import { type ColumnType, toJson } from '../databases/values.ts';

/** A query's result in the form of the API. */
export type Rows = { columns: string[]; types: string[]; rows: unknown[][]; row_count: number; truncated: boolean };

const asText = { getTypeParser: () => (text: string) => text };

/**
 * Runs a validated query and reads at most SQL_MAX_ROWS rows, with a cursor, so that Postgres does not send the rest.
 *
 * @throws the errors of Database.read; StatementFailure `result_too_large` above SQL_MAX_RESULT_BYTES
 */
export function execute(database: Database, sql: string, config: Config, signal: AbortSignal): Promise<Rows> {
  return database.read(signal, async (client) => {
    // The extended protocol refuses a second statement, even if the validator has missed it.
    await client.query({ text: `DECLARE answer NO SCROLL CURSOR FOR ${sql}`, queryMode: 'extended' } as {
      text: string;
    });
    const fetch = client.query<(string | null)[]>({
      text: `FETCH ${config.SQL_MAX_ROWS + 1} FROM answer`,
      rowMode: 'array',
      types: asText,
    });
    const { fields, rows } = await withinBytes(client, config.SQL_MAX_RESULT_BYTES, fetch);
    const types = await columnTypes(database, client, fields);
    const kept = rows.slice(0, config.SQL_MAX_ROWS);
    return {
      columns: fields.map((field) => field.name),
      types: types.map((type) => type.name),
      rows: kept.map((row) => row.map((text, index) => toJson(text, types[index] ?? { name: 'text' }))),
      row_count: kept.length,
      truncated: rows.length > kept.length,
    };
  });
}

/**
 * A limit of rows does not limit their size, so received bytes are counted too, and the connection is cut at the limit.
 */
async function withinBytes<T>(client: ClientBase, limit: number, result: Promise<T>): Promise<T> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const tooLarge = Promise.withResolvers<never>();
  let bytes = 0;
  const count = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= limit) return;
    tooLarge.reject(new StatementFailure({ code: 'result_too_large', message: `the result is over ${limit} bytes` }));
    stream.destroy();
  };
  stream.on('data', count);
  try {
    return await Promise.race([result, tooLarge.promise]);
  } finally {
    stream.off('data', count);
  }
}

/** The type names of a result's columns. Unknown types are read from the catalog. */
async function columnTypes(database: Database, client: ClientBase, fields: readonly FieldDef[]): Promise<ColumnType[]> {
  const unknown = [...new Set(fields.map((field) => field.dataTypeID))].filter((oid) => !database.types.has(oid));
  if (unknown.length > 0) {
    const { rows } = await client.query<{ oid: number; name: string; element: string | null }>(
      `SELECT t.oid, t.typname AS name, e.typname AS element
         FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' WHERE t.oid = ANY ($1)`,
      [unknown],
    );
    for (const { oid, name, element } of rows)
      database.types.set(oid, element === null ? { name } : { name: `${element}[]`, element });
  }
  return fields.map((field) => database.types.get(field.dataTypeID) ?? { name: 'text' });
}
