import { type StatementError, StatementFailure } from '../databases/failures.ts';
import { type Node, parseQuery, visit } from './tree.ts';

type Rules = {
  schemas: readonly string[];
  /** Functions that may have side effects. */
  volatileFunctions: ReadonlySet<string>;
};

/** Volatile but harmless functions: the statement's time limit covers pg_sleep. */
const harmless = new Set(['random', 'random_normal', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'pg_sleep']);
/** Functions about the server instead of the data, and functions that run SQL which the validator cannot see. */
const administrative = /^(pg_|lo_|dblink|current_setting$|has_\w+_privilege$)|_to_xml/;

/**
 * Allows only one statement, which only reads, and only from the allowed schemas. It uses Postgres's own parser. This
 * is the first of three protections: the transaction is read-only too, and the role may only read.
 *
 * @throws StatementFailure with a code of Postgres (42601) or of this service
 */
export async function validateQuery(sql: string, rules: Rules): Promise<void> {
  const { stmts = [] } = await parseQuery(sql);
  const [first, second] = stmts;
  if (!first?.stmt) refuse('no_query', 'there is no statement');
  if (second) refuse('not_read_only', `there must be one statement, not ${stmts.length}`);
  if (!('SelectStmt' in first.stmt)) refuse('not_read_only', 'only SELECT is allowed');
  const ctes = new Set<string>();
  visit(first.stmt, (kind, node) => {
    if (kind === 'CommonTableExpr') ctes.add(String(node['ctename']));
  });
  visit(first.stmt, (kind, node) => checkNode(kind, node, rules, ctes));
}

function checkNode(kind: string, node: Node, rules: Rules, ctes: ReadonlySet<string>): void {
  if (kind.endsWith('Stmt') && kind !== 'SelectStmt')
    refuse('not_read_only', 'only SELECT is allowed, in WITH as well');
  if (kind === 'intoClause') refuse('not_read_only', 'SELECT INTO is not allowed');
  if (kind === 'LockingClause') refuse('not_read_only', 'FOR UPDATE and FOR SHARE are not allowed');
  if (kind === 'RangeVar') checkTable(node, rules.schemas, ctes);
  if (kind === 'FuncCall') checkFunction(node, rules);
}

function checkTable(node: Node, schemas: readonly string[], ctes: ReadonlySet<string>): void {
  const { schemaname, relname } = node as { schemaname?: string; relname: string };
  // Postgres always searches pg_catalog, and all names in it begin with pg_.
  const catalog = schemaname === undefined && relname.startsWith('pg_') && !ctes.has(relname);
  if (catalog || (schemaname !== undefined && !schemas.includes(schemaname)))
    refuse('schema_not_allowed', `${schemaname ?? 'pg_catalog'}.${relname} is outside the allowed schemas`);
}

function checkFunction(node: Node, { volatileFunctions }: Rules): void {
  const path = (node['funcname'] as { String?: { sval?: string } }[]).map((part) => part.String?.sval ?? '');
  const name = path.at(-1) ?? '';
  if (harmless.has(name)) return;
  if (administrative.test(name) || volatileFunctions.has(name))
    refuse('function_not_allowed', `the function ${name} is not allowed`);
}

function refuse(code: string, message: string): never {
  throw new StatementFailure({ code, message } satisfies StatementError);
}
