import type { StatementError } from '../databases/failures.ts';

const missing = /^column "?(?:\w+\.)?(\w+)"? does not exist$/;
const misplaced = /^no row of (\S+) has (\w+) = '([\s\S]*)'$/;
const suggested = /the column "(?:(\S+)\.)?(\w+)"/;

/**
 * Applies a hint (`Perhaps you meant to reference the column "t.b"`): replaces the column that does not exist, or that
 * does not have the value. This is for a model that repeats its failed query.
 *
 * @returns undefined if there is no such hint, or if replacing a column is not enough
 */
export function followHint(sql: string, { message, hint }: StatementError): string | undefined {
  const [, table, right] = suggested.exec(hint ?? '') ?? [];
  if (!right) return undefined;
  const [, wrong] = missing.exec(message) ?? [];
  if (wrong) return inNames(sql, (part) => part.replace(new RegExp(`\\b${wrong}\\b`, 'g'), right));
  const [, owner, column, value = ''] = misplaced.exec(message) ?? [];
  if (!column || owner !== table) return undefined;
  return beforeValue(sql, value, (part) =>
    part.replace(new RegExp(`\\b${column}(?= (?:=|<>|IN|NOT IN) [( ]*(?:''[, ]*)*$)`), right),
  );
}

const literal = /('(?:[^']|'')*')/;

/** Replaces text outside of string literals. */
function inNames(sql: string, change: (part: string) => string): string {
  const parts = sql.split(literal);
  return parts.map((part, index) => (index % 2 === 0 ? change(part) : part)).join('');
}

/** Replaces text before a value, with the other literals masked. */
function beforeValue(sql: string, value: string, change: (part: string) => string): string | undefined {
  const at = sql.indexOf(`'${value.replaceAll("'", "''")}'`);
  if (at < 0) return undefined;
  const literals: string[] = [];
  const blank = sql.slice(0, at).replace(new RegExp(literal, 'g'), (text) => {
    literals.push(text);
    return "''";
  });
  return change(blank).replace(/''/g, () => literals.shift() ?? '') + sql.slice(at);
}
