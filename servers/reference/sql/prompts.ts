import type { Catalog, Column } from '../databases/catalog.ts';
import type { Place } from '../databases/contents.ts';
import type { StatementError } from '../databases/failures.ts';
import type { Message } from '../model/client.ts';

/** The router's answer if no database fits. */
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

/** The task of a query: the question, the schema, and the columns of values that the question names. */
export type Task = { question: string; catalog: Catalog; found: readonly Place[] };

/**
 * Asks for the query that answers a question, without the found values: the bundled models were not trained with them,
 * and answer worse with them (seed/model/README.md).
 */
export function sqlPrompt({ question, catalog }: Task): Message[] {
  const system = `Write one PostgreSQL query that answers the question.\n${schemaText(catalog)}`;
  return [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ];
}

/** Shows the failed query with Postgres's error message, and asks for a better one. */
export function repairPrompt(task: Task, sql: string, error: StatementError): Message[] {
  const hint = error.hint === undefined ? '' : `\nHINT: ${error.hint}`;
  return [
    ...sqlPrompt(task),
    { role: 'assistant', content: sql },
    { role: 'user', content: `That query failed: ${error.message}${hint}\nWrite a corrected query.` },
  ];
}

/** One line for each table: `orders(id int, customer_id int -> customers, status pending|shipped)`. */
function schemaText({ tables }: Catalog): string {
  return tables.map(({ name, columns }) => `${name}(${columns.map(columnText).join(', ')})`).join('\n');
}

function columnText({ name, type, labels, references }: Column): string {
  return `${name} ${labels?.join('|') ?? type}${references ? ` -> ${references}` : ''}`;
}
