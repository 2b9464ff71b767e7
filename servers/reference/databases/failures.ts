import pg from 'pg';
import { dependencyProblem, type ProblemError } from '../errors/problem.ts';

/** A statement's own fault, as Postgres words it: material for a repair. */
export type StatementError = { code: string; message: string; hint?: string | undefined };

/** SQLSTATE classes that blame the server or the way to it, not the statement. */
const serverClasses = new Set(['08', '28', '3D', '53', '57', '58', 'XX']);
const queryCanceled = '57014';
/** The statement asked for more temporary space than it is allowed: its own fault, though of the server's class. */
const overTempLimit = '53400';

/** A statement's fault that was found on this side of the wire. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure';
  readonly statement: StatementError;

  constructor(statement: StatementError) {
    super(statement.message);
    this.statement = statement;
  }
}

/** No connection was to be had: whatever Postgres said then was not about a statement. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
}

/** What is wrong with the statement, or undefined where the failure is not the statement's fault. */
export function statementError(error: unknown): StatementError | undefined {
  if (error instanceof StatementFailure) return error.statement;
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return undefined;
  const own = error.code === queryCanceled || error.code === overTempLimit;
  if (!own && serverClasses.has(error.code.slice(0, 2))) return undefined;
  return { code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) };
}

/** Whether a statement ran into its time limit. */
export const timedOut = (error: StatementError): boolean => error.code === queryCanceled;

/** Whether the schema that the statement was written for is not the schema that is there. */
export const schemaChanged = (error: StatementError): boolean =>
  ['42703', '42P01', '42704', '3F000'].includes(error.code);

/** Whether the connection was lost rather than refused: with a fresh one, a read may be tried again. */
export function connectionLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code?.startsWith('57P') ?? false;
  const { code, message = '' } = error as NodeJS.ErrnoException;
  if (error instanceof ConnectionFailure) return false;
  return code === 'ECONNRESET' || code === 'EPIPE' || /connection (terminated|error)|not queryable/i.test(message);
}

/** The problem for a failure that is the database's: 504 where it did not answer, else 503. */
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
  // pg-pool's words while it waits, and those of the pool and the client for a connection that was begun.
  if (/timeout exceeded when trying to connect|connection timeout|^timeout expired/i.test(message))
    return 'gave no connection in time';
  if (/timeout acquiring a connection/i.test(message))
    return 'gave no connection in time: all are in use, or it does not answer';
  if (connectionLost(error)) return 'lost the connection';
  return 'cannot be reached or refused the connection';
}
