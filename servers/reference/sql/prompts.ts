import type { Catalog, Column } from '../databases/catalog.ts';
import type { Place } from '../databases/contents.ts';
import type { StatementError } from '../databases/failures.ts';
import type { Message } from '../model/client.ts';

/** What the router answers when no database fits. */
export const none = 'none';

/** Asks which database a question is about. */
export function routePrompt(question: string, catalogs: ReadonlyMap<string, Catalog>): Message[] {
  const lines = [...catalogs].map(([name, { tables }]) => `${name}: ${tables.map((table) => table.name).join(', ')}`);
  const system = `Name the database that can answer the question, or ${none}.\n${lines.join('\n')}`;
  return [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ];
}

/** What a query is to be written for: the question, the schema, and where the values stand that the question names. */
export type Task = { question: string; catalog: Catalog; found: readonly Place[] };

/**
 * Asks for the query that answers a question. What was found is left out: the bundled weights were not taught to read
 * it, and answer worse with it (seed/model/README.md).
 */
export function sqlPrompt({ question, catalog }: Task): Message[] {
  const system = `Write one PostgreSQL query that answers the question.\n${schemaText(catalog)}`;
  return [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ];
}

/** Shows the query that failed and what Postgres said of it, and asks for a better one. */
export function repairPrompt(task: Task, sql: string, error: StatementError): Message[] {
  const hint = error.hint === undefined ? '' : `\nHINT: ${error.hint}`;
  return [
    ...sqlPrompt(task),
    { role: 'assistant', content: sql },
    { role: 'user', content: `That query failed: ${error.message}${hint}\nWrite a corrected query.` },
  ];
}

/** A line a table: `orders(id int, customer_id int -> customers, status pending|shipped)`. */
function schemaText({ tables }: Catalog): string {
  return tables.map(({ name, columns }) => `${name}(${columns.map(columnText).join(', ')})`).join('\n');
}

function columnText({ name, type, labels, references }: Column): string {
  return `${name} ${labels?.join('|') ?? type}${references ? ` -> ${references}` : ''}`;
}
