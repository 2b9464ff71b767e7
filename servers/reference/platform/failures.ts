import pg from 'pg';
import { connectionLost, databaseProblem, statementError } from '../databases/failures.ts';
import { dependencyProblem, type ProblemError } from '../errors/problem.ts';
import { platformName } from './platform.ts';

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const words =
  /timeout exceeded when trying to connect|query read timeout|Timeout acquiring a connection|timeout expired/i;
const queryCanceled = '57014';

/**
 * The problem for a failure of the service's own database: 503 or 504 about `postgres:platform`. Undefined for other
 * errors. They include errors of a statement, which are defects of the service.
 */
export function platformProblem(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof pg.DatabaseError) {
    // A conflict with another transaction, so the request may be repeated.
    if (error.code?.startsWith('40')) return busy(error);
    if (error.code === queryCanceled)
      return databaseProblem(platformName, new Error('query read timeout', { cause: error }));
    // A fatal error ends or refuses the connection, so it is not about a statement.
    const own = error.severity === 'ERROR' && statementError(error);
    return own ? undefined : databaseProblem(platformName, error);
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (unreachable.has(code) || words.test(message) || connectionLost(error))
    return databaseProblem(platformName, error);
  return undefined;
}

const busy = (cause: Error) =>
  dependencyProblem('database_unavailable', `postgres:${platformName}`, 'Another transaction was in the way.', {
    cause,
  });
