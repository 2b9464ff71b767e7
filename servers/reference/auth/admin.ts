import type { Knex } from 'knex';
import { ProblemError } from '../errors/problem.ts';
import { inTransaction } from '../platform/transaction.ts';
import type { Role } from './types.ts';
import { publicUser, type User } from './users.ts';

type Page = { limit: number; offset: number };
type AuditRow = {
  id: string;
  at: Date;
  actor_id: string;
  actor_email: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
  request_id: string;
  address: string;
};

async function page<Row extends object, Item>(
  rows: Knex.QueryBuilder,
  { limit, offset }: Page,
  show: (row: Row) => Item,
) {
  const [counted] = await rows.clone().clearOrder().count<{ count: string }[]>({ count: '*' });
  const items: Row[] = await rows.clone().limit(limit).offset(offset);
  return { items: items.map(show), total: Number(counted?.count), limit, offset };
}

/** Every account, the oldest first. */
export const listUsers = (knex: Knex, slice: Page) =>
  page<User, ReturnType<typeof publicUser>>(knex<User>('users').orderBy(['created_at', 'id']), slice, publicUser);

/** What admins did, the latest first. */
export function listAudit(
  knex: Knex,
  { limit, offset, ...filter }: Page & { action?: string | undefined; subject?: string | undefined },
) {
  const wanted = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const rows = knex<AuditRow>('audit_log').where(wanted).orderBy('id', 'desc');
  return page<AuditRow, Omit<AuditRow, 'at'> & { at: string }>(rows, { limit, offset }, ({ at, ...row }) => ({
    ...row,
    at: at.toISOString(),
  }));
}

/**
 * Changes a user's role. It applies from the user's next request on, also with tokens that were issued before.
 *
 * @param written called in the same transaction, with the role before
 * @throws ProblemError 404 `unknown_user`; 409 `last_admin` if no admin would be left
 */
export async function changeRole(
  knex: Knex,
  id: string,
  role: Role,
  written: (before: Role, trx: Knex) => Promise<void>,
): Promise<ReturnType<typeof publicUser>> {
  return inTransaction(knex, async (trx) => {
    // Every admin's row is locked, so that two admins who demote each other at once cannot both succeed.
    const admins = await trx<User>('users').where({ role: 'admin' }).orderBy('id').forUpdate().select('id');
    const user = await trx<User>('users').where({ id }).forUpdate().first();
    if (!user) throw new ProblemError('unknown_user', `There is no user ${id}.`);
    if (user.role === role) return publicUser(user);
    if (role !== 'admin' && admins.length === 1)
      throw new ProblemError('last_admin', 'This is the only admin: make another one first.');
    await trx('users').where({ id }).update({ role, updated_at: trx.fn.now() });
    await written(user.role, trx);
    return publicUser({ ...user, role });
  });
}
