import fs from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../../fixtures/config/engines.ts';
import { isDescription } from '../../../fixtures/config/target-mode.ts';
import { type OwnQuestion, readOwnQuestions } from '../../../fixtures/judge/sql/own-questions.ts';
import type { Templates } from '../../../fixtures/stack/postgres/templates.ts';
import { engineIn, secondOf } from '../../../fixtures/target/description/databases.ts';
import { templatesOf } from '../../../fixtures/target/description/prepare.ts';
import { loadProfile } from '../../../fixtures/target/profile/load.ts';
import { questions as bundled } from '../../../seed/questions/index.ts';
import { CliError } from '../cli-error.ts';

/** The questions to look at, and the databases that they are about. */
export interface QuestionSource {
  readonly questions: readonly OwnQuestion[];
  /** What is not looked at, because the changes are made to Postgres's SQL: databases of other engines, with their questions. */
  readonly others: readonly { readonly database: string; readonly engine: Engine; readonly questions: number }[];
  /** The template of the second instance of a database; undefined where it has none. */
  second(database: string): string | undefined;
  /** What the databases are cloned from; undefined for the bundled ones. */
  templates(own: (pid: number) => void, timeoutMs: number): Templates | undefined;
  /** Where a second instance is written; undefined for the bundled ones, which have one. */
  readonly folder: string | undefined;
}

/**
 * Reads what a description says; without one, the bundled questions about shop and clinic.
 *
 * @throws a CliError that names what is missing and what to add
 */
export async function sourceOf(profile: string | undefined): Promise<QuestionSource> {
  if (profile === undefined)
    return {
      questions: bundled.map(({ db_id, ...question }) => ({ ...question, database: db_id })),
      others: [],
      second: (database) => `${database}_b`,
      templates: () => undefined,
      folder: undefined,
    };
  const file = path.resolve(profile);
  if (!isDescription(file) || !fs.existsSync(file))
    throw new CliError(
      `--profile ${profile}: there is no such description. Give the path of its file: ./plumbline.target.ts.`,
    );
  try {
    const { description } = await loadProfile(file);
    const { databases, folder } = description;
    const questions = readOwnQuestions(description);
    if (questions.length === 0)
      throw new Error(
        "it has no questions. Add questions: './questions.jsonl', or leave --profile out to see the bundled ones.",
      );
    if (Object.keys(databases).length === 0)
      throw new Error("it has no databases. Add databases: { name: { prepare: ['schema.sql', 'rows.sql'] } }.");
    const engineOf = (database: string): Engine => engineIn(databases[database] ?? {});
    const looked = questions.filter(({ database }) => engineOf(database) === 'postgres');
    return {
      questions: looked,
      others: [...Map.groupBy(questions, ({ database }) => database)]
        .map(([database, of]) => ({ database, engine: engineOf(database), questions: of.length }))
        .filter(({ engine }) => engine !== 'postgres'),
      second: (name) => (databases[name]?.second ? secondOf(name) : undefined),
      templates: (own, timeoutMs) => templatesOf(description, { own, timeoutMs }),
      folder,
    };
  } catch (error) {
    throw new CliError(`--profile ${profile}: ${(error as Error).message.replace(`TARGET_PROFILE=${file}: `, '')}`);
  }
}
