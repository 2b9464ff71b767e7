import { hasSqlDetails, parse } from 'libpg-query';
import { StatementFailure } from '../databases/failures.ts';

/** One object of a syntax tree. */
export type Node = Record<string, unknown>;

/** Calls `check` for each object of the tree, with its key. */
export function visit(value: unknown, check: (kind: string, node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, check);
  else if (typeof value === 'object' && value !== null)
    for (const [kind, node] of Object.entries(value)) {
      if (typeof node === 'object' && node !== null && !Array.isArray(node)) check(kind, node as Node);
      visit(node, check);
    }
}

/** Parses a text with Postgres's own parser. @throws StatementFailure 42601 */
export async function parseQuery(sql: string) {
  try {
    return await parse(sql);
  } catch (error) {
    const message = hasSqlDetails(error) ? error.message : 'the statement cannot be parsed';
    throw new StatementFailure({ code: '42601', message });
  }
}
