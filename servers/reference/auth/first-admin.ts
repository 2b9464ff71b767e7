import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import type { Passwords } from './passwords.ts';
import { revokeSessionsOf } from './sessions.ts';
import { normalEmail, type User, userByEmail } from './users.ts';

/** Ensures that the admin of the settings exists, is an admin and has that password. Safe for concurrent instances. */
export async function ensureFirstAdmin(knex: Knex, config: Config, passwords: Passwords): Promise<void> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config;
  if (email === undefined || password === undefined) return;
  const known = await userByEmail(knex, email);
  const samePassword = known !== undefined && (await passwords.verify(password, known.password_hash));
  if (samePassword && known.role === 'admin') return;
  const password_hash = samePassword ? known.password_hash : await passwords.hash(password);
  await knex.transaction(async (trx) => {
    const [admin] = await trx<User>('users')
      .insert({ id: randomUUID(), email: normalEmail(email), name: 'Administrator', role: 'admin', password_hash })
      .onConflict(trx.raw('(lower(email))'))
      .merge({ role: 'admin', password_hash })
      .returning('*');
    // Sessions that began with the old password must end.
    if (admin && !samePassword) await revokeSessionsOf(trx, admin.id, 'password_changed');
  });
}
