import type { Judge } from '../../../../../fixtures/judge/sql/judge.ts';
import type { Catalog } from '../../../../../fixtures/judge/sql/mutants/catalog.ts';
import { type Mutant, mutantsOf } from '../../../../../fixtures/judge/sql/mutants/index.ts';
import type { SpiderTables } from '../../../../../seed/questions/read.ts';

/** What Spider's description of a schema says: no values, and nothing may be NULL in its foreign keys. */
export function catalogOf(tables: SpiderTables): Catalog {
  const { foreign_keys, column_names_original, table_names_original } = tables;
  const place = (at: number) => {
    const [table, name] = column_names_original[at] ?? [-1, ''];
    return { table: table_names_original[table] ?? '', columns: [name] };
  };
  return {
    tables: table_names_original.map((name, at) => ({
      name,
      columns: column_names_original
        .filter(([table]) => table === at)
        // A type of its own, so that no column is taken for another.
        .map(([, column]) => ({ name: column, type: `${name}.${column}`, nullable: false, values: [] })),
      unique: [],
    })),
    foreignKeys: foreign_keys.map(([child, parent]) => ({ ...place(child), to: place(parent) })),
  };
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

/** Kinds that rows tell apart only where they hold what a filled instance has on purpose: near misses and equal rows. */
const onPurpose = ['added DISTINCT', 'bound by one', 'case of a text'];

/**
 * Judges the mutants of every gold query, but for those kinds.
 *
 * @param atOnce number of gold queries in parallel
 */
export async function scoreMutants(
  judge: Judge,
  golds: readonly { id: string; query: string }[],
  catalog?: Catalog,
  atOnce = 2,
): Promise<MutationScore> {
  const survivors: Survivor[] = [];
  let mutants = 0;
  const queue = golds.values();
  const work = async () => {
    for (const { id, query } of queue) {
      for (const mutant of await mutantsOf(query, catalog)) {
        if (onPurpose.includes(mutant.fault)) continue;
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
