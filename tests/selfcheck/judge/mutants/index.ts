import { parseSelect, toSql } from '../../../../fixtures/judge/sql/gold/tree.ts';
import type { Judge } from '../../../../fixtures/judge/sql/judge.ts';
import type { SpiderTables } from '../../../../seed/questions/read.ts';
import { clauseFaults } from './clauses.ts';
import { joinFaults } from './joins.ts';
import { predicateFaults } from './predicates.ts';
import { replaced, sitesOf } from './sites.ts';

/** A gold query with one fault. */
export interface Mutant {
  fault: string;
  sql: string;
}

/**
 * All mutants of a query: each has one fault that this module knows.
 *
 * @param schema its foreign keys show which joins cannot lose rows; mutants of those would be equivalent and are left out
 */
export async function mutantsOf(sql: string, schema?: SpiderTables): Promise<Mutant[]> {
  const select = await parseSelect(sql);
  const faults = [...predicateFaults, ...clauseFaults, joinFaults(select, schema)];
  const mutants = new Map<string, string>();
  for (const site of sitesOf(select)) {
    for (const [fault, node] of faults.flatMap((make) => make(site))) {
      const text = await toSql(replaced(select, site.path, node));
      if (!mutants.has(text)) mutants.set(text, fault);
    }
  }
  mutants.delete(await toSql(select));
  return [...mutants].map(([text, fault]) => ({ fault, sql: text }));
}

/** A mutant with the same result as the gold query on every instance: the rows are too few, or the two are equivalent. */
interface Survivor extends Mutant {
  id: string;
  gold: string;
}

export interface MutationScore {
  mutants: number;
  survivors: Survivor[];
  /** Share of mutants that were distinguished from their gold query, 0 to 1. */
  score: number;
}

/**
 * Judges every mutant of every gold query.
 *
 * @param atOnce number of gold queries in parallel
 */
export async function scoreMutants(
  judge: Judge,
  golds: readonly { id: string; query: string }[],
  schema?: SpiderTables,
  atOnce = 2,
): Promise<MutationScore> {
  const survivors: Survivor[] = [];
  let mutants = 0;
  const queue = golds.values();
  const work = async () => {
    for (const { id, query } of queue) {
      for (const mutant of await mutantsOf(query, schema)) {
        mutants += 1;
        const { kind } = await judge.judge(query, mutant.sql);
        if (kind === 'equal') survivors.push({ id, gold: query, ...mutant });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  survivors.sort((one, other) => (one.id < other.id ? -1 : 1));
  return { mutants, survivors, score: mutants === 0 ? 1 : 1 - survivors.length / mutants };
}
