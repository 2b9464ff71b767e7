import type { Random } from '../../../../seed/databases/random.ts';
import type { Column } from '../catalog.ts';
import type { Value } from './columns.ts';
import type { Fixed } from './drafts.ts';
import { decimalsOf, movedTime } from './scalars.ts';
import type { Later, Wanted } from './scenario.ts';
import { wordsOf } from './words.ts';

const dayMs = 86_400_000;

/**
 * Finds the values that depend on those that others of their column have.
 *
 * @param columns of the rows, in order
 * @param rows those that are made so far
 */
export function laterValues(
  columns: readonly Column[],
  rows: () => readonly (readonly Value[])[],
  firsts: readonly (readonly Value[])[],
  random: Random,
): (set: Wanted['set']) => Fixed {
  const ends = new Map<string, string | undefined>();
  const ranks = new Map<string, number>();
  const names = new Map<string, string>();
  const endOf = (at: number, which: 'above' | 'below', { category }: Column): string | undefined => {
    const key = `${at} ${which}`;
    if (!ends.has(key)) {
      const values = rows().flatMap((row) => row[at] ?? []);
      const sorted = category === 'N' ? values.sort((a, b) => Number(a) - Number(b)) : values.sort();
      ends.set(key, which === 'above' ? sorted.at(-1) : sorted[0]);
    }
    return ends.get(key);
  };
  const found = (at: number, column: Column, later: Later): Value | undefined => {
    if ('fresh' in later) {
      const key = `${at} ${later.fresh}`;
      const known = firsts.flatMap((row) => row[at] ?? []);
      if (known.length === 0) return undefined;
      const name = names.get(key) ?? wordsOf(known).next(random);
      names.set(key, name);
      return name;
    }
    const end = endOf(at, later.beyond, column);
    const rank = Math.max(1, (ranks.get(`${at} ${later.beyond}`) ?? 0) + (later.tied ? 0 : 1));
    ranks.set(`${at} ${later.beyond}`, rank);
    return end === undefined ? undefined : beyond(end, later.beyond, rank, column);
  };
  return (set) =>
    Object.fromEntries(
      Object.entries(set).flatMap(([name, value]): [string, Value][] => {
        if (value === null || typeof value === 'string') return [[name, value]];
        const at = columns.findIndex((column) => column.name === name);
        const value_ = at < 0 ? undefined : found(at, columns[at] as Column, value);
        return value_ === undefined ? [] : [[name, value_]];
      }),
    );
}

function beyond(end: string, which: 'above' | 'below', rank: number, column: Column): string | undefined {
  const sign = which === 'above' ? 1 : -1;
  if (column.category === 'D') return movedTime(end, sign * rank * dayMs, column.type);
  if (column.category !== 'N') return undefined;
  const number = Number(end);
  const decimals = decimalsOf(end);
  // Not below zero: that is what a CHECK would refuse.
  const step = which === 'above' ? Math.max(1, Math.abs(number) / 100) : Math.abs(number) / 200;
  return (number + sign * rank * step).toFixed(decimals);
}
