import { expect, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { defineTarget } from '../../../../fixtures/target/profile/index.ts';

type Input = Parameters<typeof defineTarget>[0];

const refusals: readonly [what: string, input: object, says: string][] = [
  ['a misspelt part', { strat: {} }, 'strat is unknown. Did you mean start?'],
  [
    'a misspelt field of start',
    { start: { comand: 'x', command: 'x' } },
    'start.comand is unknown. Did you mean command?',
  ],
  ['no command', { start: {} }, 'start.command is missing: write a line for the shell'],
  [
    'an unknown placeholder',
    { start: { command: 'x', env: { PORT: '{prot}' } } },
    'start.env.PORT: {prot} is not a placeholder: Did you mean port?',
  ],
  [
    'a placeholder of a database that it does not describe',
    { start: { command: 'x', env: { DSN: '{postgres.sale.url}' } }, databases: { sales: {} } },
    'start.env.DSN: {postgres.sale.url} is not a placeholder: databases describes no "sale". Did you mean sales?',
  ],
  [
    'a placeholder of another engine than that of its database',
    { start: { command: 'x', env: { DSN: '{postgres.deals.url}' } }, databases: { deals: { engine: 'sqlite' } } },
    `{postgres.deals.url} is not a placeholder: "deals" is one of sqlite: write {sqlite.deals.url}, or engine: 'postgres' in`,
  ],
  [
    'a placeholder that SQLite does not have',
    { start: { command: 'x', env: { DSN: '{sqlite.deals.pat}' } }, databases: { deals: { engine: 'sqlite' } } },
    '{sqlite.deals.pat} is not a placeholder: Did you mean sqlite.deals.path?',
  ],
  ['an engine that there is not', { databases: { deals: { engine: 'oracle' } } }, 'databases.deals.engine'],
  [
    'the URL of a database of another engine',
    { databases: { deals: { url: 'mysql://h/deals' } } },
    "databases.deals.url: is one of mysql: add engine: 'mysql' to deals.",
  ],
  [
    'a URL of no database',
    { databases: { deals: { url: 'redis://h/deals' } } },
    'Write postgres://, mysql:// or file:// at its beginning.',
  ],
  [
    'a database whose name Postgres would fold',
    { databases: { Sales: {} } },
    'a name has lower-case letters, digits and _',
  ],
  [
    'a step that is neither a file nor a command',
    { databases: { sales: { prepare: [{ sql: 'x' }] } } },
    'write the path of a file of SQL, or { run: "a command" }',
  ],
  [
    'questions about a database that it does not describe',
    { databases: { sales: {} }, questions: { file: 'q.json', database: 'hr' } },
    'questions.database: databases describes no "hr". It has sales.',
  ],
  ['an endpoint without a leading /', { endpoints: { a: { path: 'a' } } }, 'write a path that begins with /'],
  [
    'a budget that is no number',
    { endpoints: { a: { path: '/a', budget: { p95Ms: 'fast' } } } },
    'endpoints.a.budget.p95Ms',
  ],
];

for (const [what, input, says] of refusals)
  test(`a description with ${what} is refused with what to write`, requirement('OWN-01'), () => {
    expect(() => defineTarget({ name: 'mine', ...input } as Input)).toThrow(says);
  });

test('braces that hold no placeholder, as in JSON, are left alone in the environment of a command', () => {
  const env = { CONFIG: '{"a":{"b":1}}', LITERAL: '{{port}}' };
  expect(() => defineTarget({ name: 'mine', start: { command: 'x', env } })).not.toThrow();
});
