import pg from 'pg';
import { dependencyProblem, type ProblemError } from '../errors/problem.ts';

/** An error of a statement in Postgres's words, which the repair prompt shows. */
export type StatementError = { code: string; message: string; hint?: string | undefined };

/** SQLSTATE classes of failures of the server or the connection, not of the statement. */
const serverClasses = new Set(['08', '28', '3D', '53', '57', '58', 'XX']);
const queryCanceled = '57014';
/** The statement exceeded its temporary space: an error of the statement, although its class is the server's. */
const overTempLimit = '53400';

/** An error of a statement that this service found before or without Postgres. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure';
  readonly statement: StatementError;

  constructor(statement: StatementError) {
    super(statement.message);
    this.statement = statement;
  }
}

/** No connection could be opened, so the error of Postgres is not about a statement. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
}

/** What is wrong with the statement; undefined if the failure is not an error of the statement. */
export function statementError(error: unknown): StatementError | undefined {
  if (error instanceof StatementFailure) return error.statement;
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return undefined;
  const own = error.code === queryCanceled || error.code === overTempLimit;
  if (!own && serverClasses.has(error.code.slice(0, 2))) return undefined;
  return { code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) };
}

/** Whether a statement exceeded its time limit. */
export const timedOut = (error: StatementError): boolean => error.code === queryCanceled;

/** Whether the database's schema has changed since the statement was written. */
export const schemaChanged = (error: StatementError): boolean =>
  ['42703', '42P01', '42704', '3F000'].includes(error.code);

/** Whether the connection was lost and not refused, so that a read may be repeated on a new one. */
export function connectionLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code?.startsWith('57P') ?? false;
  const { code, message = '' } = error as NodeJS.ErrnoException;
  if (error instanceof ConnectionFailure) return false;
  return code === 'ECONNRESET' || code === 'EPIPE' || /connection (terminated|error)|not queryable/i.test(message);
}

/** The problem for a failure of the database: 504 if it did not answer, else 503. */
export function databaseProblem(name: string, error: unknown): ProblemError {
  const dependency = `postgres:${name}`;
  const { message = '' } = error as Error;
  if (/query read timeout/i.test(message))
    return dependencyProblem('database_timeout', dependency, `Database ${name} did not answer in time.`, {
      cause: error,
    });
  return dependencyProblem('database_unavailable', dependency, `Database ${name} ${reason(error)}.`, { cause: error });
}

function reason(failure: unknown): string {
  const error = failure instanceof ConnectionFailure ? failure.cause : failure;
  const { code, message = '' } = error as NodeJS.ErrnoException;
  if (code?.startsWith('53')) return `is out of resources (SQLSTATE ${code})`;
  // The time-out messages of pg-pool, and of its client while it connects.
  if (/timeout exceeded when trying to connect|connection timeout|^timeout expired/i.test(message))
    return 'gave no connection in time';
  if (/timeout acquiring a connection/i.test(message))
    return 'gave no connection in time: all are in use, or it does not answer';
  if (connectionLost(error)) return 'lost the connection';
  return 'cannot be reached or refused the connection';
}
