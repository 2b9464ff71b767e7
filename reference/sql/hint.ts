import type { StatementError } from '../databases/failures.ts';

const missing = /^column "?(?:\w+\.)?(\w+)"? does not exist$/;
const suggested = /the column "(?:\w+\.)?(\w+)"/;

/**
 * Follows Postgres's own hint (`Perhaps you meant to reference the column "t.b"`): the query with that column in place
 * of the one that does not exist, string literals left alone. What a model that repeats its failed query still leaves.
 *
 * @returns undefined where there is no such hint
 */
export function followHint(sql: string, { message, hint }: StatementError): string | undefined {
  const [, wrong] = missing.exec(message) ?? [];
  const [, right] = suggested.exec(hint ?? '') ?? [];
  if (!wrong || !right) return undefined;
  const parts = sql.split(/('(?:[^']|'')*')/);
  const name = new RegExp(`\\b${wrong}\\b`, 'g');
  return parts.map((part, index) => (index % 2 === 0 ? part.replace(name, right) : part)).join('');
}
