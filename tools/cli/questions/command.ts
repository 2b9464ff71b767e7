import fs from 'node:fs';
import type pg from 'pg';
import { type Config, loadConfig } from '../../../fixtures/config/index.ts';
import { createJudge, type Judge } from '../../../fixtures/judge/sql/judge.ts';
import type { StartedPostgres } from '../../../fixtures/stack/postgres/types.ts';
import { CliError } from '../cli-error.ts';
import { asOwner } from './as-owner.ts';
import { type FullCatalog, readCatalog } from './catalog.ts';
import { type Filled, fill } from './fill/index.ts';
import { measure } from './measure.ts';
import { startPostgres } from './postgres.ts';
import { broken, type DatabaseReport, json, text } from './report.ts';
import { type QuestionSource, sourceOf } from './source.ts';
import { writeSecond } from './write.ts';

interface Options {
  readonly profile?: string;
  readonly fill?: true;
  readonly json?: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Says of each question what its rows show; exits with 1 where a gold query fails or finds nothing. */
export async function questions(options: Options): Promise<void> {
  const config = configOf();
  const source = await sourceOf(options.profile);
  for (const { database, engine, questions: count } of source.others)
    say(
      `${database} is one of ${engine}, and its ${count} question${count === 1 ? ' is' : 's are'} not looked at: gold queries are changed in Postgres's SQL alone. They are judged in a run.`,
    );
  if (source.questions.length === 0) return;
  const timeoutMs = config.PLUMBLINE_BOOT_TIMEOUT_MS;
  await using running = await startPostgres(config, (own) => source.templates(own, timeoutMs), say);
  const reports: DatabaseReport[] = [];
  for (const database of new Set(source.questions.map((question) => question.database)))
    reports.push(await look(database, source, running.postgres, options.fill === true));
  for (const report of reports) process.stdout.write(`${text(report)}\n`);
  if (options.json !== undefined) writeJson(options.json, reports);
  process.exitCode = reports.some((report) => broken(report).length > 0) ? 1 : 0;
}

function configOf(): Config {
  try {
    return loadConfig();
  } catch (error) {
    throw new CliError((error as Error).message);
  }
}

/** One database: its instances, and what they show. */
async function look(
  database: string,
  source: QuestionSource,
  postgres: StartedPostgres,
  filling: boolean,
): Promise<DatabaseReport> {
  const own = source.questions.filter((question) => question.database === database);
  const clone = async (template: string, name: string): Promise<string> => {
    await postgres.createClone(template, name);
    return name;
  };
  const first = await clone(database, `${database}_questions`);
  const catalog = await asOwner(postgres, first, readCatalog);
  const template = source.second(database);
  const instances: Record<string, string> = { first };
  // A made one takes the place of the one that a description has; the bundled ones are compared with it.
  if (template !== undefined && !(filling && source.folder !== undefined))
    instances['second'] = await clone(template, `${database}_questions_2`);
  if (filling) {
    instances['made'] = await clone(database, `${database}_questions_3`);
    const queries = own.map(({ query }) => query);
    announce(
      database,
      source,
      await asOwner(postgres, instances['made'], (client) => made(client, catalog, queries, database)),
    );
  }
  const urls = Object.entries(instances).map(([name, clone_]) => [name, postgres.url(clone_, 'reader')]);
  await using judge: Judge = createJudge(Object.fromEntries(urls));
  const measured = await measure(own, judge, catalog);
  return { database, instances: judge.instances, questions: measured };
}

async function made(
  client: pg.Client,
  catalog: FullCatalog,
  queries: readonly string[],
  database: string,
): Promise<Filled> {
  try {
    return await fill(client, catalog, queries);
  } catch (error) {
    throw new CliError(`No second instance of ${database} can be made: ${(error as Error).message}`);
  }
}

function announce(database: string, { folder }: QuestionSource, { tables, left }: Filled): void {
  for (const { table, first, rows, dropped, reason } of tables)
    say(
      `${database}.${table.name}: ${rows.length} rows made of ${first}${dropped > 0 ? `; ${dropped} dropped, the last because: ${reason}` : ''}`,
    );
  for (const columns of left) say(`${database}.${columns}: left NULL, because its tables refer to each other`);
  const file = folder === undefined ? undefined : writeSecond(folder, database, tables);
  say(
    file === undefined
      ? `${database}: not written, because the bundled databases have a second instance`
      : `${file} is written. In the description: databases: { ${database}: { …, second: ['${file}'] } }`,
  );
}

function writeJson(file: string, reports: readonly DatabaseReport[]): void {
  try {
    fs.writeFileSync(file, `${JSON.stringify(reports.map(json), null, 2)}\n`);
  } catch (error) {
    throw new CliError(
      `--json ${file} cannot be written (${(error as NodeJS.ErrnoException).code}): give another path.`,
    );
  }
}
