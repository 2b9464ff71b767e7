import type { Catalog } from '../databases/catalog.ts';
import type { Database } from '../databases/database.ts';
import { ProblemError } from '../errors/problem.ts';
import type { Token } from '../model/chunks.ts';
import { withoutReasoning } from '../model/style.ts';
import { confidenceInNone, jointProbability, rounded, tokensOf } from './confidence.ts';
import { none } from './prompts.ts';
import type { Question, SqlDependencies } from './question.ts';
import { sqlPrompts } from './styles.ts';

/** The chosen database, or undefined for none, and the probability that the choice is right. */
export type Route = { database: Database | undefined; confidence: number };

/** The database that the caller named. @throws ProblemError 404 that lists the existing ones */
export function namedDatabase(name: string, databases: ReadonlyMap<string, Database>): Database {
  const database = databases.get(name);
  if (database) return database;
  const known = [...databases.keys()];
  throw new ProblemError(
    'unknown_database',
    `There is no database ${JSON.stringify(name.slice(0, 100))}; there are: ${known.join(', ')}.`,
    {
      extra: { databases: known },
    },
  );
}

/**
 * Lets the model choose the database. Its answer `none` is accepted if no database is likely enough for its queries to
 * be executed. Otherwise the runner-up is chosen, with its own low confidence.
 *
 * @throws ProblemError of the model; 503 if no database fits, but one could not be read
 */
export async function chooseDatabase(question: Question, { databases, config }: SqlDependencies): Promise<Route> {
  const { catalogs, unseen } = await readCatalogs(databases, question.signal);
  if (catalogs.size === 0) throw unseen;
  const { routePrompt, route } = sqlPrompts(config);
  const { text, tokens } = await question.ask({
    purpose: 'route',
    messages: routePrompt(question.text, catalogs),
    ...route,
    alternatives: Math.min(databases.size + 1, 20),
  });
  const name = nameIn(withoutReasoning(text), [...databases.keys()]);
  const probability = jointProbability(tokensOf(name ?? text.trim(), text, tokens));
  const database = name === undefined ? undefined : databases.get(name);
  if (database) return { database, confidence: rounded(probability) };
  const second = runnerUp(tokens, databases);
  if (second && second.probability >= config.SQL_MIN_CONFIDENCE)
    return { database: second.database, confidence: rounded(Math.min(0.5, second.probability)) };
  // The database that could not be read may have the answer, so "none" would be a guess.
  if (unseen) throw unseen;
  return { database: undefined, confidence: confidenceInNone(probability) };
}

/** A database that is down can still be chosen by its last known tables, so that its questions get a clear error. */
async function readCatalogs(databases: ReadonlyMap<string, Database>, signal: AbortSignal) {
  let unseen: unknown;
  const read = [...databases.values()].map(async (database): Promise<[string, Catalog] | undefined> => {
    try {
      return [database.name, await database.catalog(signal)];
    } catch (error) {
      if (signal.aborted) throw error;
      const last = database.lastCatalog();
      if (last) return [database.name, last];
      unseen = error;
      return undefined;
    }
  });
  const entries = await Promise.all(read);
  return { catalogs: new Map(entries.filter((entry) => entry !== undefined)), unseen };
}

/** The database that an answer names. Models may surround the name with words. */
function nameIn(answer: string, names: readonly string[]): string | undefined {
  const words: string[] = answer.toLowerCase().match(/[a-z0-9_-]+/g) ?? [];
  const found = words.find((word) => word === none || names.some((name) => name.toLowerCase() === word));
  return names.find((name) => name.toLowerCase() === found);
}

/**
 * The runner-up among the databases, by the alternatives to the answer's first token. Undefined if the server sends no
 * alternatives, or if an alternative fits the names of several databases.
 */
function runnerUp(tokens: readonly Token[], databases: ReadonlyMap<string, Database>) {
  for (const { text, logprob } of tokens[0]?.alternatives ?? []) {
    const begun = text.trim().toLowerCase();
    if (begun === '' || none.startsWith(begun)) continue;
    const fitting = [...databases.values()].filter(({ name }) => name.toLowerCase().startsWith(begun));
    const [database, other] = fitting;
    if (database && !other) return { database, probability: Math.exp(logprob) };
  }
  return undefined;
}
