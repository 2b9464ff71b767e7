import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Database } from '../databases/database.ts';
import { schemaChanged, timedOut } from '../databases/failures.ts';
import { toProblemError } from '../errors/handling.ts';
import { dependencyProblem, ProblemError } from '../errors/problem.ts';
import type { CallContext } from '../model/client.ts';
import { tenths } from '../tenths.ts';
import { attemptQuery, type Success } from './attempt.ts';
import { newQuestion, type Question, type SqlDependencies, type Tell } from './question.ts';
import { chooseDatabase, namedDatabase, type Route } from './route.ts';
import type { Attempt, SqlAnswer, SqlRequest } from './schemas.ts';

/**
 * Answers a question: chooses the database, generates a query, runs it, and repairs it with Postgres's error message,
 * up to SQL_MAX_ATTEMPTS times.
 *
 * @param tell called for each step; the plain answer contains all of them
 * @throws ProblemError
 */
export async function answerQuestion(
  request: SqlRequest,
  dependencies: SqlDependencies,
  context: CallContext & { log: FastifyBaseLogger; tell: Tell },
): Promise<SqlAnswer> {
  const started = performance.now();
  const { sqlQuestions } = dependencies.metrics;
  try {
    const question = newQuestion(request.question, dependencies.model, context);
    const attempts: Attempt[] = [];
    const route = await question.timed('route_ms', () => findRoute(request, question, dependencies));
    const database = route.database;
    const success = database && (await correct(request, question, { ...route, database }, attempts, dependencies));
    const answer = compose(request, dependencies, question, route, success, attempts, started);
    sqlQuestions.inc({ outcome: answer.executed ? 'answered' : 'not_executed' });
    return answer;
  } catch (error) {
    sqlQuestions.inc({ outcome: toProblemError(error).problem.code });
    throw error;
  }
}

async function findRoute(request: SqlRequest, question: Question, dependencies: SqlDependencies): Promise<Route> {
  const named = request.database !== undefined;
  if (!named) question.tell('progress', { stage: 'routing', attempt: 1 });
  const route = named
    ? { database: namedDatabase(request.database ?? '', dependencies.databases), confidence: 1 }
    : await chooseDatabase(question, dependencies);
  question.tell('database', { database: route.database?.name ?? null, confidence: route.confidence });
  return route;
}

async function correct(
  request: SqlRequest,
  question: Question,
  route: { database: Database; confidence: number },
  attempts: Attempt[],
  dependencies: SqlDependencies,
): Promise<Success> {
  const { database } = route;
  for (let number = 1; number <= dependencies.config.SQL_MAX_ATTEMPTS; number++) {
    const options = { number, database, route: route.confidence, execute: request.execute, earlier: attempts };
    const outcome = await attemptQuery(question, options, dependencies).catch((error: unknown) => {
      // The failed query made the prompt too long, and not the question, so this is no bad request.
      if (attempts.length > 0 && toProblemError(error).problem.code === 'question_too_long') return undefined;
      throw error;
    });
    if (!outcome) break;
    const { attempt, success } = outcome;
    attempts.push(attempt);
    if (success) return success;
    if (attempt.error && timedOut(attempt.error)) throw tooSlow(database, attempts, dependencies);
    if (attempt.error && schemaChanged(attempt.error)) database.forgetCatalog();
  }
  const detail = `None of ${attempts.length} attempts worked; the last error was: ${attempts.at(-1)?.error?.message}.`;
  throw new ProblemError('sql_generation_failed', detail, { extra: { database: database.name, attempts } });
}

/** A slow query is not repaired: the next one may be as slow, and the caller has waited long enough. */
function tooSlow(database: Database, attempts: Attempt[], { config }: SqlDependencies): ProblemError {
  const detail = `The query ran past its limit of ${config.SQL_STATEMENT_TIMEOUT_MS} ms and was cancelled.`;
  return dependencyProblem('statement_timeout', `postgres:${database.name}`, detail, { extra: { attempts } });
}

function compose(
  request: SqlRequest,
  { config }: SqlDependencies,
  question: Question,
  route: Route,
  success: Success | undefined,
  attempts: Attempt[],
  started: number,
): SqlAnswer {
  const result = success?.result;
  const { route_ms, generate_ms, execute_ms } = question.timings;
  return {
    id: `sql_${randomUUID()}`,
    question: request.question,
    database: route.database?.name ?? null,
    sql: success?.sql ?? null,
    confidence: success?.confidence ?? route.confidence,
    executed: result !== undefined,
    reason: result ? null : reasonNotExecuted(request, success),
    columns: result?.columns ?? null,
    types: result?.types ?? null,
    rows: result?.rows ?? null,
    row_count: result?.row_count ?? null,
    truncated: result?.truncated ?? null,
    attempts,
    timings: {
      route_ms: tenths(route_ms),
      generate_ms: tenths(generate_ms),
      execute_ms: tenths(execute_ms),
      total_ms: tenths(performance.now() - started),
    },
    model: config.MODEL_ID,
    usage: question.usage,
  };
}

function reasonNotExecuted(request: SqlRequest, success: Success | undefined): SqlAnswer['reason'] {
  if (!success) return 'no_database';
  return request.execute ? 'low_confidence' : 'not_requested';
}
