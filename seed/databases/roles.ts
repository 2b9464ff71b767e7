import type { Client } from 'pg';

/** Owns the databases and everything in them. */
export const ownerRole = 'plumbline_owner';
/** May only read, and only `public`: the role that judged and generated queries run under. */
const readerRole = 'plumbline_reader';

/** How long a reader's statement may run unless its session asks for less, in milliseconds. */
export const readerStatementTimeoutMs = 5_000;

/**
 * Creates the two roles, or brings them up to date. Roles belong to a server, not to a database.
 * @param admin a connection that may create roles
 * @param password for both; without it they have none, as behind a private socket
 */
export async function createRoles(admin: Client, password?: string): Promise<void> {
  const { rows } = await admin.query<{ super: boolean }>(
    'SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user',
  );
  for (const role of [ownerRole, readerRole]) {
    const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    await admin.query(
      `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN ${password === undefined ? '' : `PASSWORD ${admin.escapeLiteral(password)}`}`,
    );
  }
  const settings: [string, string][] = [
    ['default_transaction_read_only', 'on'],
    ['statement_timeout', `${readerStatementTimeoutMs}ms`],
    ['lock_timeout', '2s'],
    ['idle_in_transaction_session_timeout', '30s'],
    ['search_path', 'public'],
    ['timezone', 'UTC'],
  ];
  // A superuser may create databases for anybody; others only for a role they belong to.
  if (!rows[0]?.super) await admin.query(`GRANT ${ownerRole} TO CURRENT_USER`);
  // A cross join must not spill the disk (or the memory, where the data directory is on tmpfs) full. Superusers' to set.
  if (rows[0]?.super) settings.push(['temp_file_limit', '256MB']);
  for (const [name, value] of settings) await admin.query(`ALTER ROLE ${readerRole} SET ${name} = '${value}'`);
  await admin.query(`ALTER ROLE ${ownerRole} SET timezone = 'UTC'`);
}

// A session can undo its role's settings, so what matters is taken away as a privilege. These built-in functions
// let anybody write (large objects, WAL, notifications), disturb others (signals, advisory locks) or lift the
// statement time-out from inside a SELECT.
const disarmed = `proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_unlink', 'lo_open', 'lowrite',
  'lo_truncate', 'lo_truncate64', 'set_config', 'pg_notify', 'pg_terminate_backend', 'pg_cancel_backend',
  'pg_logical_emit_message') OR proname LIKE 'pg\\_%advisory%'`;

/** Grants inside one database; clones inherit them. @param database a connection to it that may grant */
export async function grantInDatabase(database: Client): Promise<void> {
  const { rows } = await database.query(`SELECT FROM pg_namespace WHERE nspname = 'private'`);
  if (rows.length > 0) await database.query('REVOKE ALL ON SCHEMA private FROM PUBLIC');
  await database.query(`
    GRANT USAGE ON SCHEMA public TO ${readerRole};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${readerRole};
    DO $$ DECLARE routine regprocedure; BEGIN
      FOR routine IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND (${disarmed}) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ${ownerRole}', routine);
      END LOOP;
    END $$;
  `);
}

/** Lets the reader read every schema of a database, tables that the owner makes later included. */
export async function grantReading(database: Client): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
  );
  for (const { name } of rows)
    await database.query(`
      GRANT USAGE ON SCHEMA ${name} TO ${readerRole};
      GRANT SELECT ON ALL TABLES IN SCHEMA ${name} TO ${readerRole};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA ${name} GRANT SELECT ON TABLES TO ${readerRole};
    `);
}

/** Grants on one database itself, which CREATE DATABASE ... TEMPLATE does not copy. @param name already quoted */
export function grantOnDatabaseSql(name: string): string {
  return `REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${readerRole}`;
}
