import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { grantInDatabase, grantOnDatabaseSql, ownerRole } from './roles.ts';
import { type Migration, type TemplateName, templates } from './templates.ts';

/** Where templates are built: a server, reached as one who may create databases and as their owner. */
export type Server = {
  /** A connection string for one of its databases; `undefined` is the one that administrators connect to. */
  url(database: string | undefined, role: 'admin' | 'owner'): string;
  /** The server's name for a template; the embedded one uses the template's own. */
  databaseOf(template: string): string;
};

/** Rows a single INSERT carries: 200 rows of 9 columns stay far below Postgres's 65,535 parameters. */
const rowsPerInsert = 200;

/**
 * Creates, migrates, fills and seals one template database of the seeds.
 * @throws whatever Postgres says; nothing of an unfinished database is used
 */
export async function buildTemplate(server: Server, name: TemplateName): Promise<void> {
  const from = templates[name].from;
  await buildSealed(server, name, {
    ...(from === undefined ? {} : { from }),
    fill: (urls) => migrateAndFill(urls.owner, name),
    tables: Object.keys(templates[from ?? name].rows?.() ?? {}),
  });
}

/** How the content of a template comes about. */
interface Filling {
  /** Starts as a copy of this template; without it, empty. */
  readonly from?: string;
  /** Fills the unfinished database. @param urls of that database, by role */
  fill(urls: { readonly owner: string; readonly admin: string }): Promise<void>;
  /** The tables to analyze. Default: all. */
  readonly tables?: readonly string[];
}

/**
 * Builds a template under a name of its own and renames it when complete, so that a build which is cut short leaves no
 * template behind. Nobody can connect to the result, so nobody can keep it from being cloned.
 */
export async function buildSealed(server: Server, name: string, { from, fill, tables = [] }: Filling): Promise<void> {
  const final = server.databaseOf(name);
  const building = `${final}_building`;
  await withClient(server.url(undefined, 'admin'), async (admin) => {
    const id = admin.escapeIdentifier(building);
    await admin.query(`DROP DATABASE IF EXISTS ${id} WITH (FORCE)`);
    const source = from === undefined ? await emptyTemplate(admin) : admin.escapeIdentifier(server.databaseOf(from));
    // Copied file by file, the system catalogs of all templates stay alike to the byte: a pack holds them once.
    await admin.query(`CREATE DATABASE ${id} OWNER ${ownerRole} STRATEGY FILE_COPY TEMPLATE ${source}`);
    await admin.query(grantOnDatabaseSql(id));
    const urls = { owner: server.url(building, 'owner'), admin: server.url(building, 'admin') };
    await fill(urls);
    await withClient(urls.admin, async (database) => {
      await grantInDatabase(database);
      // Planner statistics and hint bits now, not in every clone.
      await database.query(`VACUUM (ANALYZE, FREEZE) ${tables.join(', ')}`);
    });
    await admin.query(`ALTER DATABASE ${id} RENAME TO ${admin.escapeIdentifier(final)}`);
    await seal(admin, final);
  });
}

/** Text sorts by code point on every server: an ORDER BY that followed a server's own locale would differ between two. */
async function emptyTemplate(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const builtin = (rows[0]?.version ?? 0) >= 170_000 ? " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'" : '';
  return `template0 ENCODING 'UTF8' LOCALE 'C'${builtin}`;
}

async function seal(admin: pg.Client, database: string): Promise<void> {
  await admin.query(`ALTER DATABASE ${admin.escapeIdentifier(database)} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
}

async function migrateAndFill(url: string, name: TemplateName): Promise<void> {
  const { migrations, rows } = templates[name];
  const knex = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 1 } });
  try {
    // Knex's own tables stay out of `public`, where a service that reads the schema would find them.
    await knex.raw('CREATE SCHEMA IF NOT EXISTS private');
    await knex.migrate.latest({ migrationSource: sourceOf(migrations), schemaName: 'private' });
    for (const [table, values] of Object.entries(rows?.() ?? {})) {
      await knex.batchInsert(table, values, rowsPerInsert);
    }
  } finally {
    await knex.destroy();
  }
}

function sourceOf(migrations: readonly Migration[]): Knex.MigrationSource<Migration> {
  return {
    getMigrations: async () => [...migrations],
    getMigrationName: ({ name }) => name,
    getMigration: async (migration) => migration,
  };
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
