import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { DatabaseError } from 'pg';
import { ProblemError } from '../errors/problem.ts';
import type { Role } from './types.ts';

/** A row of `users`. */
export type User = {
  id: string;
  email: string;
  name: string | null;
  role: Role;
  password_hash: string;
  created_at: Date;
};

const uniqueViolation = '23505';

/** Normalises an email address, so that different spellings are one account. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

export const userByEmail = (knex: Knex, email: string): Promise<User | undefined> =>
  knex<User>('users')
    .whereRaw('lower(email) = ?', [normalEmail(email)])
    .first();

/** @throws ProblemError 409 `email_taken`. The unique index decides, so one of two concurrent requests succeeds */
export async function createUser(
  knex: Knex,
  { email, name, passwordHash }: { email: string; name: string | undefined; passwordHash: string },
): Promise<User> {
  const row = { id: randomUUID(), email: normalEmail(email), name: name ?? null, password_hash: passwordHash };
  try {
    const [user] = await knex<User>('users').insert(row).returning('*');
    return user as User;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === uniqueViolation)
      throw new ProblemError('email_taken', 'There is an account with this e-mail address.');
    throw error;
  }
}

/** The API's view of a user, without the hash. */
export const publicUser = ({ id, email, name, role, created_at }: User) => ({
  id,
  email,
  name,
  role,
  created_at: created_at.toISOString(),
});
