import type { Catalog, Column } from '../databases/catalog.ts';
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

/** Asks for the query that answers a question. */
export function sqlPrompt(question: string, catalog: Catalog): Message[] {
  const system = `Write one PostgreSQL query that answers the question.\n${schemaText(catalog)}`;
  return [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ];
}

/** Shows the query that failed and what Postgres said of it, and asks for a better one. */
export function repairPrompt(question: string, catalog: Catalog, sql: string, error: StatementError): Message[] {
  const hint = error.hint === undefined ? '' : `\nHINT: ${error.hint}`;
  return [
    ...sqlPrompt(question, catalog),
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
