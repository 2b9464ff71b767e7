import type { Catalog, Column } from '../databases/catalog.ts';
import type { StatementError } from '../databases/failures.ts';
import type { Message } from '../model/client.ts';
import { none, type Task } from './prompts.ts';

// For models that follow instructions: the prompts state everything, because these models were not trained for the
// task.

/** Asks which database a question is about. */
export function routePrompt(question: string, catalogs: ReadonlyMap<string, Catalog>): Message[] {
  const lines = [...catalogs].map(
    ([name, { tables }]) =>
      `- ${name}: ${tables.map((table) => `${table.name} (${table.columns.map((column) => column.name).join(', ')})`).join('; ')}`,
  );
  const system =
    'You choose the database whose tables can answer a question.\n' +
    `Databases, with their tables and columns:\n${lines.join('\n')}\n\n` +
    `Reply with the name of one database and nothing else. If none of them has the data, reply: ${none}`;
  return [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ];
}

/**
 * Asks for the query that answers a question. Found values are after the question and not in the schema, so that all
 * prompts for one database begin with the same text, which model servers cache.
 */
export function sqlPrompt({ question, catalog, found }: Task): Message[] {
  const system = `You write PostgreSQL. Write one read-only SELECT statement that answers the user's question, using only these tables:

${catalog.tables.map(tableText).join('\n')}

Rules:
- Return exactly the columns that the question asks for, in the order in which it asks, and no others.
- Use names exactly as they are written above; join along REFERENCES.
- Compare text exactly as the values listed with the question spell it, or else as the question does; of a column with listed values use one of those.
- Add ORDER BY and LIMIT only where the question asks for an order, a first or a number of rows.
- Reply with the SQL alone: no explanation, no comment.`;
  return [
    { role: 'system', content: system },
    { role: 'user', content: found.length > 0 ? `${question}\n\n${heldText(found)}` : question },
  ];
}

/** Shows the failed query with Postgres's error message, and asks for a better one. */
export function repairPrompt(task: Task, sql: string, error: StatementError): Message[] {
  const hint = error.hint === undefined ? '' : `\nHINT: ${error.hint}`;
  return [
    ...sqlPrompt(task),
    { role: 'assistant', content: sql },
    {
      role: 'user',
      content: `PostgreSQL refused that statement:\nERROR: ${error.message}${hint}\n\nWrite a corrected statement that answers the same question. Reply with the SQL alone.`,
    },
  ];
}

/** The found values as SQL conditions: `customers.country = 'Brazil', orders.status = 'shipped'`. */
function heldText(found: Task['found']): string {
  const texts = found.map(({ table, column, value }) => `${table}.${column} = '${value.replaceAll("'", "''")}'`);
  return `Values of the database that the question may mean: ${texts.join(', ')}`;
}

function tableText({ name, columns }: Catalog['tables'][number]): string {
  return `CREATE TABLE ${name} (\n${columns.map((column) => `  ${columnText(column)}`).join(',\n')}\n);`;
}

function columnText({ name, type, nullable, labels, references }: Column): string {
  const constraint = `${nullable ? '' : ' NOT NULL'}${references ? ` REFERENCES ${references}` : ''}`;
  return labels
    ? `${name} text${constraint} CHECK (${name} IN (${labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(', ')}))`
    : `${name} ${type}${constraint}`;
}
