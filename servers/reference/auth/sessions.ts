import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ProblemError } from '../errors/problem.ts';
import { inTransaction } from '../platform/transaction.ts';
import type { SignedIn } from './types.ts';

type Reason = 'logout' | 'reuse' | 'password_changed';
type Found = { session_id: string; user_id: string; spent: boolean; alive: boolean };

/** A fast hash is enough, because 256 random bits cannot be guessed. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const refused = () =>
  new ProblemError('invalid_token', 'The refresh token is not valid, was used before, or has expired.');

async function issue(knex: Knex, sessionId: string, ttlSeconds: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await knex('refresh_tokens').insert({
    token_hash: hashOf(token),
    session_id: sessionId,
    expires_at: knex.raw(`now() + make_interval(secs => ?)`, [ttlSeconds]),
  });
  return token;
}

/** Begins a session. @returns its id and the first refresh token, which is stored only as a hash */
export async function openSession(trx: Knex.Transaction, userId: string, ttlSeconds: number) {
  const sessionId = randomUUID();
  await trx('sessions').insert({ id: sessionId, user_id: userId });
  return { sessionId, refreshToken: await issue(trx, sessionId, ttlSeconds) };
}

/** The user of an access token, read from the database; undefined if the session has ended. */
export async function aliveSession(knex: Knex, sessionId: string, userId: string): Promise<SignedIn | undefined> {
  const user = await knex('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where({ 'sessions.id': sessionId, 'users.id': userId, 'sessions.revoked_at': null })
    .first<Omit<SignedIn, 'sessionId'> | undefined>('users.id', 'users.email', 'users.role');
  return user && { ...user, sessionId };
}

/**
 * Exchanges a refresh token for the next one. A token that is used twice may be stolen, so its whole family is revoked.
 *
 * @throws ProblemError 401 `invalid_token`
 */
export async function rotate(knex: Knex, token: string, ttlSeconds: number) {
  const next = await inTransaction(knex, async (trx) => {
    // Locks the session: of two concurrent requests with one token, the second must see that the token is used.
    const found: { rows: Found[] } = await trx.raw(
      `SELECT s.id AS session_id, s.user_id FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id
       WHERE t.token_hash = ? FOR UPDATE OF s`,
      [hashOf(token)],
    );
    const [session] = found.rows;
    if (!session) return undefined;
    const state: { rows: Found[] } = await trx.raw(
      `SELECT t.used_at IS NOT NULL AS spent, t.expires_at > now() AND s.revoked_at IS NULL AS alive
       FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.token_hash = ?`,
      [hashOf(token)],
    );
    const { spent, alive } = state.rows[0] as Found;
    if (spent) await revokeSession(trx, session.session_id, 'reuse');
    if (spent || !alive) return undefined;
    await trx('refresh_tokens')
      .where({ token_hash: hashOf(token) })
      .update({ used_at: trx.fn.now() });
    const refreshToken = await issue(trx, session.session_id, ttlSeconds);
    return { sessionId: session.session_id, userId: session.user_id, refreshToken };
  });
  // Thrown after the transaction, because an error inside would roll back the revocation.
  if (!next) throw refused();
  return next;
}

/** The id of the session that a refresh token belongs to, if it is this user's. */
export async function sessionOf(knex: Knex, token: string, userId: string): Promise<string | undefined> {
  const found = await knex('refresh_tokens')
    .join('sessions', 'sessions.id', 'refresh_tokens.session_id')
    .where({ token_hash: hashOf(token), user_id: userId })
    .first<{ session_id: string } | undefined>('session_id');
  return found?.session_id;
}

/** Ends a session with all its tokens. A session that has ended already is not changed. */
export async function revokeSession(knex: Knex, sessionId: string, reason: Reason): Promise<void> {
  await knex('sessions')
    .where({ id: sessionId, revoked_at: null })
    .update({ revoked_at: knex.fn.now(), revoked_reason: reason });
}

/** Ends every session of a user. */
export async function revokeSessionsOf(knex: Knex, userId: string, reason: Reason): Promise<void> {
  await knex('sessions')
    .where({ user_id: userId, revoked_at: null })
    .update({ revoked_at: knex.fn.now(), revoked_reason: reason });
}
