import type { Database } from '../databases/database.ts';
import { type StatementError, StatementFailure, statementError } from '../databases/failures.ts';
import type { Token } from '../model/chunks.ts';
import type { Message } from '../model/client.ts';
import { tenths } from '../tenths.ts';
import { confidence, tokensOf } from './confidence.ts';
import { execute, type Rows } from './execute.ts';
import { extractSql } from './extract.ts';
import { followHint } from './hint.ts';
import type { Question, SqlDependencies } from './question.ts';
import type { Attempt } from './schemas.ts';
import { sqlPrompts } from './styles.ts';
import { validateQuery } from './validate.ts';
import { checkValues } from './values/check.ts';

/** A valid query, with its rows if it was executed. */
export type Success = { sql: string; confidence: number; result: Rows | undefined };
export type Outcome = { attempt: Attempt; success: Success | undefined };

type AttemptOptions = {
  number: number;
  database: Database;
  route: number;
  execute: boolean;
  earlier: readonly Attempt[];
};

/**
 * One round of the self-correction loop: generates a query, validates it, and executes it if requested.
 *
 * @throws ProblemError for a failure of a dependency; errors of the query are in the attempt
 */
export async function attemptQuery(
  question: Question,
  options: AttemptOptions,
  dependencies: SqlDependencies,
): Promise<Outcome> {
  const started = performance.now();
  const { database, number } = options;
  const written = await question.timed('generate_ms', () => writeQuery(question, options, dependencies));
  question.tell('sql', { sql: written.sql, attempt: number });
  let error: StatementError | null = null;
  let success: Success | undefined;
  try {
    success = await tryQuery(question, written, options, dependencies);
  } catch (failure) {
    const fault = statementError(failure);
    if (!fault || question.signal.aborted) throw failure;
    error = fault;
  }
  dependencies.metrics.sqlAttempts.inc({ database: database.name, outcome: error?.code ?? 'ok' });
  question.log.debug({ database: database.name, attempt: number, sql: written.sql, error }, 'query attempted');
  return { attempt: { sql: written.sql, error, ms: tenths(performance.now() - started) }, success };
}

type Written = { sql: string; found: boolean; cut: boolean; tokens: readonly Token[] };

async function writeQuery(
  question: Question,
  { number, database, earlier }: AttemptOptions,
  { config, values }: SqlDependencies,
): Promise<Written> {
  const catalog = await database.catalog(question.signal);
  const found = await values.find(database, catalog, question);
  const task = { question: question.text, catalog, found };
  const last = earlier.at(-1);
  const prompts = sqlPrompts(config);
  const messages: Message[] = last?.error ? prompts.repairPrompt(task, last.sql, last.error) : prompts.sqlPrompt(task);
  question.tell('progress', { stage: last ? 'repairing' : 'generating', attempt: number });
  // At temperature 0 a model would repeat its failed query for ever, so it is sampled with a fixed seed.
  const stuck = earlier.some((attempt, index) => earlier.findIndex(({ sql }) => sql === attempt.sql) < index);
  const { text, tokens, finishReason } = await question.ask({
    purpose: last ? 'repair' : 'generate',
    messages,
    maxTokens: config.MODEL_MAX_TOKENS,
    stop: prompts.stop,
    ...(stuck ? { temperature: 0.5, seed: config.MODEL_SEED + number } : {}),
    onText: (piece) => question.tell('token', { text: piece }),
  });
  const sql = extractSql(text);
  const cut = finishReason === 'length';
  if (sql === undefined) return { sql: text.trim(), found: false, cut, tokens };
  const written = { found: true, cut, tokens: tokensOf(sql, text, tokens) };
  // The model has repeated its failed query, so the database's hint is applied instead.
  const hinted = last?.error && earlier.some((attempt) => attempt.sql === sql) && followHint(last.sql, last.error);
  return { sql: hinted || sql, ...written };
}

async function tryQuery(
  question: Question,
  { sql, found, cut, tokens }: Written,
  options: AttemptOptions,
  { config, values }: SqlDependencies,
): Promise<Success> {
  if (cut) throw new StatementFailure({ code: 'too_long', message: 'the query is too long and was cut off' });
  if (!found) throw new StatementFailure({ code: 'no_query', message: 'the answer has no query in it' });
  const { database } = options;
  const catalog = await database.catalog(question.signal);
  await validateQuery(sql, { schemas: config.SQL_SCHEMAS, volatileFunctions: catalog.volatileFunctions });
  // A value in the wrong column is worth another try, but the answer must not fail because of it.
  if (options.number < config.SQL_MAX_ATTEMPTS)
    await checkValues(sql, { database, catalog, values, signal: question.signal });
  const trust = confidence(options.route, tokens);
  if (!options.execute || trust < config.SQL_MIN_CONFIDENCE) return { sql, confidence: trust, result: undefined };
  question.tell('progress', { stage: 'executing', attempt: options.number });
  const result = await question.timed('execute_ms', () => execute(database, sql, config, question.signal));
  question.tell('rows', result);
  return { sql, confidence: trust, result };
}
