import { types } from 'pg';

/** A column's type by pg_type.typname; arrays are called `int4[]` and have `element` set. */
export type ColumnType = { name: string; element?: string };

const textArray = 1009;
const splitArray: (text: string) => unknown = types.getTypeParser(textArray as never, 'text');

const number = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);
const json = (text: string): unknown => JSON.parse(text) as unknown;

/** Every other type stays the text that Postgres prints. So does numeric, to keep all digits. */
const scalars: Record<string, (text: string) => unknown> = {
  bool: (text) => text === 't',
  int2: Number,
  int4: Number,
  oid: Number,
  int8: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  float4: number,
  float8: number,
  json,
  jsonb: json,
  timestamp: (text) => text.replace(' ', 'T'),
  // Sessions run in UTC, so the printed offset is always +00. A Date would lose the microseconds.
  timestamptz: (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z'),
};

/**
 * One value of a result row as JSON.
 *
 * @param text the text from Postgres, or null for NULL
 */
export function toJson(text: string | null, type: ColumnType): unknown {
  if (text === null) return null;
  if (type.element !== undefined) return mapArray(splitArray(text), { name: type.element });
  const convert = scalars[type.name];
  return convert ? convert(text) : text;
}

function mapArray(value: unknown, element: ColumnType): unknown {
  return Array.isArray(value) ? value.map((item) => mapArray(item, element)) : toJson(value as string | null, element);
}
