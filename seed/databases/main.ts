// Seeds a server for good, for a deployment of the reference service: the databases that it answers from, their
// differently filled twins that its answers are judged on, its own, and one for vectors. What is there is left alone.
// DATABASE_URL names the server, as one who may create databases and roles; ROLE_PASSWORD is for the two roles.
import pg from 'pg';
import { buildTemplate } from './provision.ts';
import { createRoles, grantOnDatabaseSql, ownerRole } from './roles.ts';
import type { TemplateName } from './templates.ts';

const wanted = ['shop', 'shop_b', 'clinic', 'clinic_b', 'platform'] as const satisfies readonly TemplateName[];

const { DATABASE_URL: server, ROLE_PASSWORD: password } = process.env;
if (!server || !password) throw new Error('DATABASE_URL and ROLE_PASSWORD must be set.');

const databaseOf = (template: TemplateName): string => `plumbline_template_${template}`;

function url(database: string | undefined, role: 'admin' | 'owner'): string {
  const made = new URL(server as string);
  if (database !== undefined) made.pathname = `/${database}`;
  if (role === 'owner') [made.username, made.password] = [ownerRole, password as string];
  return made.href;
}

const admin = new pg.Client(url(undefined, 'admin'));
await admin.connect();
try {
  await createRoles(admin, password);
  const exists = async (name: string) =>
    (await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 1;
  for (const name of wanted) {
    if (await exists(name)) continue;
    if (!(await exists(databaseOf(name)))) await buildTemplate({ url, databaseOf }, name);
    const id = admin.escapeIdentifier(name);
    await admin.query(`CREATE DATABASE ${id} TEMPLATE ${admin.escapeIdentifier(databaseOf(name))} OWNER ${ownerRole}`);
    await admin.query(grantOnDatabaseSql(id));
    process.stdout.write(`seeded ${name}\n`);
  }
  if (!(await exists('vectors'))) {
    await admin.query(`CREATE DATABASE vectors OWNER ${ownerRole}`);
    const vectors = new pg.Client(url('vectors', 'admin'));
    await vectors.connect();
    await vectors.query('CREATE EXTENSION vector').finally(() => vectors.end());
    process.stdout.write('made vectors\n');
  }
} finally {
  await admin.end();
}
