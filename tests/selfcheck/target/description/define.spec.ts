import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { defineTarget } from '../../../../fixtures/target/profile/index.ts';
import { lacking } from '../../../../fixtures/target/profile/lacking.ts';
import { needs } from '../../../../fixtures/target/profile/needs.ts';
import { resolveProfile } from '../../../../fixtures/target/profile/resolve.ts';

type Input = Parameters<typeof defineTarget>[0];

const refusals: readonly [what: string, input: object, says: string][] = [
  ['a misspelt part', { strat: {} }, 'strat is unknown. Did you mean start?'],
  [
    'a misspelt field of start',
    { start: { comand: 'x', command: 'x' } },
    'start.comand is unknown. Did you mean command?',
  ],
  ['no command', { start: {} }, 'start: says not how: add `command`, a line for the shell, or `compose`'],
  [
    'a command and a service of a Compose file',
    { start: { command: 'x', compose: { service: 'api' } } },
    'start: has both a command and a service of a Compose file: keep one of them.',
  ],
  [
    'a misspelt field of a Compose service',
    { start: { compose: { servce: 'api', service: 'api' } } },
    'start.compose.servce is unknown. Did you mean service?',
  ],
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
  [
    'a misspelt query of state',
    { databases: { app: {} }, state: { usres: 'SELECT 1' } },
    'state.usres is unknown. Did you mean users?',
  ],
  [
    'a query of state that is no query',
    { databases: { app: {} }, state: { users: () => 'SELECT 1' } },
    'write a query, or { database, query }',
  ],
  [
    'a query of state in a database that it does not describe',
    { databases: { app: {} }, state: { users: { database: 'ap', query: 'SELECT 1' } } },
    'state.users.database: databases describes no "ap". It has app.',
  ],
  [
    'queries of state that do not say in which of two databases they are run',
    { databases: { app: {}, log: {} }, state: { users: 'SELECT 1' } },
    'state.database: is not said, and there are several: app, log.',
  ],
  [
    'queries of state and no database',
    { state: { users: 'SELECT 1' } },
    'state.database: is not said, and databases describes none. Add it there',
  ],
  [
    'a signing key that is in no variable',
    { start: { command: 'x', env: { KEY: 'k' }, signingKey: 'KEYS' } },
    'start.signingKey: names the variable KEYS, which is not in env. Add it there, with the key.',
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

test(
  'a query of state runs in the only database, in the one that is named for all, or in its own',
  requirement('OWN-05'),
  () => {
    const queriesOf = (input: object) => resolveProfile({ name: 'mine', ...input } as Input).description.state;
    expect(queriesOf({ databases: { app: {} }, state: { users: 'q' } })).toEqual({
      users: { database: 'app', query: 'q' },
    });
    const two = {
      databases: { app: {}, log: {} },
      state: { database: 'log', users: 'q', jobs: { database: 'app', query: 'j' } },
    };
    expect(() => defineTarget({ name: 'mine', ...two } as Input)).not.toThrow();
    expect(queriesOf(two)).toEqual({ users: { database: 'log', query: 'q' }, jobs: { database: 'app', query: 'j' } });
  },
);

test(
  'a test whose query is not in the description is skipped by the name of the query, which says what to add',
  requirement('OWN-05'),
  () => {
    const profile = resolveProfile({ name: 'mine', databases: { app: {} }, state: { users: 'q' } } as Input);
    const command = loadConfig({ TARGET_PROFILE: './mine.ts' });
    expect(lacking('state.users', profile, command)).toBeUndefined();
    expect(lacking('state.jobs', profile, command)).toBe(
      'needs state.jobs: add `state.jobs` to the description of the service: the query that finds the jobs of a document (columns id, subject, state)',
    );
    expect(lacking('state.batch items', profile, command)).toContain("add `state['batch items']` to the description");
    expect(lacking('state.users', profile, loadConfig({ TARGET_URL: 'http://127.0.0.1:1' }))).toContain('out of reach');
    // @ts-expect-error: the name is misspelt
    expect(() => needs('state.user')).toThrow(
      "needs('state.user'): there is no such capability. Did you mean state.users?",
    );
  },
);
