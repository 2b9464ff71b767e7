import { type GoldRows, isAmbiguous } from '../../../fixtures/judge/sql/gold/expect.ts';
import { inParallel } from '../../../fixtures/judge/sql/in-parallel.ts';
import type { Judge } from '../../../fixtures/judge/sql/judge.ts';
import type { Catalog } from '../../../fixtures/judge/sql/mutants/catalog.ts';
import { type Mutant, mutantsOf } from '../../../fixtures/judge/sql/mutants/index.ts';
import type { OwnQuestion } from '../../../fixtures/judge/sql/own-questions.ts';
import { compareRows } from '../../../fixtures/judge/sql/rows/compare.ts';
import { ran } from '../../../fixtures/judge/sql/run.ts';

/** A mutant, and the instances whose rows tell it apart from its gold query. */
export interface MeasuredMutant extends Mutant {
  readonly by: readonly string[];
}

/** What the rows of a database's instances say about one question. */
export interface Measured {
  readonly question: OwnQuestion;
  /** Rows of the gold query by instance. */
  readonly rows: Readonly<Record<string, number>>;
  /** Why no service can answer it rightly: the gold query fails. */
  readonly fails?: string;
  /** The instances on which its LIMIT cuts a tie: any row of the tie is right there. */
  readonly ambiguous: readonly string[];
  readonly mutants: readonly MeasuredMutant[];
}

/** Questions that are measured at once. */
const atOnce = 2;

/**
 * Runs each gold query and its mutants on every instance. A mutant that fails, or does not end in time, is none.
 *
 * @param judge of the instances of their database
 * @param catalog of that database, for the mutants that need one
 */
export const measure = (questions: readonly OwnQuestion[], judge: Judge, catalog: Catalog): Promise<Measured[]> =>
  inParallel(atOnce, questions, (question) => measureOne(question, judge, catalog));

async function measureOne(question: OwnQuestion, judge: Judge, catalog: Catalog): Promise<Measured> {
  const { query } = question;
  const golds: { name: string; gold: GoldRows }[] = [];
  try {
    for (const name of judge.instances) golds.push({ name, gold: await judge.gold(query, name) });
  } catch (error) {
    return { question, rows: {}, ambiguous: [], mutants: [], fails: (error as Error).message };
  }
  const mutants: MeasuredMutant[] = [];
  for (const mutant of await mutantsOf(query, catalog)) {
    const by = await toldApart(judge, query, mutant);
    if (by) mutants.push({ ...mutant, by });
  }
  const count = ({ ties }: GoldRows): number => ties.reduce((sum, { take }) => sum + take, 0);
  return {
    question,
    rows: Object.fromEntries(golds.map(({ name, gold }) => [name, count(gold)])),
    ambiguous: golds.filter(({ gold }) => isAmbiguous(gold)).map(({ name }) => name),
    mutants,
  };
}

/** Undefined where Postgres does not run it. */
async function toldApart(judge: Judge, gold: string, { sql }: Mutant): Promise<string[] | undefined> {
  const by: string[] = [];
  for (const instance of judge.instances) {
    const received = await judge.run(sql, instance);
    if (!ran(received)) return undefined;
    if (compareRows(await judge.gold(gold, instance), received).kind !== 'equal') by.push(instance);
  }
  return by;
}
