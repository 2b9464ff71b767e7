import type { ForeignKey } from '../../../../fixtures/judge/sql/mutants/catalog.ts';
import type { Random } from '../../../../seed/databases/random.ts';
import type { Table } from '../catalog.ts';
import type { ColumnFiller, Value } from './columns.ts';
import { type Draft, writable } from './load.ts';

/** What rows of one table are made of. */
export interface Makings {
  readonly table: Table;
  /** For each column that can be written, in order. */
  readonly fillers: readonly ColumnFiller[];
  /** The rows of the first instance, with the same columns. */
  readonly bases: readonly (readonly Value[])[];
  /** Foreign keys, the widest first, and the rows of the second instance that they may refer to. */
  readonly keys: readonly { readonly key: ForeignKey; partners(): readonly Readonly<Record<string, Value>>[] }[];
  readonly random: Random;
}

/** What a row must have: values by column, over all else. */
export type Fixed = Readonly<Record<string, Value>>;

/** How often a row is drawn until it is dropped; the last draws stay closer to the row that they begin as. */
const [draws, faithfulFrom] = [7, 3];
/** How often unique values are looked for in one draw. */
const uniqueTries = 12;

/** Makes drafts of rows that repeat no unique value. */
export function drafter(makings: Makings) {
  const { table, fillers, bases, keys, random } = makings;
  const columns = writable(table).map(({ name }) => name);
  const at = new Map(columns.map((name, index) => [name, index]));
  const pickBase = weighted(bases, fillers, random);
  const times = spanOf(bases, fillers);
  const taken = table.unique.map((names) => ({
    places: names.map((name) => at.get(name) ?? -1),
    seen: new Set<string>(),
  }));

  /** The texts of its unique values; those with a NULL are never equal to others. */
  const uniqueOf = (row: readonly Value[]): (string | undefined)[] =>
    taken.map(({ places }) => {
      const values = places.map((place) => row[place] ?? null);
      return values.includes(null) ? undefined : JSON.stringify(values);
    });
  const claim = (row: readonly Value[]): boolean => {
    const texts = uniqueOf(row);
    if (texts.some((text, index) => text !== undefined && taken[index]?.seen.has(text))) return false;
    for (const [index, text] of texts.entries()) if (text !== undefined) taken[index]?.seen.add(text);
    return true;
  };
  const giveBack = (row: readonly Value[]): void => {
    for (const [index, text] of uniqueOf(row).entries()) if (text !== undefined) taken[index]?.seen.delete(text);
  };

  const refer = (row: Value[], base: readonly Value[], fixed: Fixed): boolean => {
    const set = new Set<string>();
    for (const { key, partners } of keys) {
      const places = key.columns.map((name) => at.get(name) ?? -1);
      if (key.columns.some((name) => name in fixed)) continue;
      const nullable = places.some((place) => fillers[place]?.column.nullable);
      const shared = key.columns.filter((name) => set.has(name));
      const fits = partners().filter((partner) =>
        shared.every((name) => row[at.get(name) ?? -1] === partner[key.to.columns[key.columns.indexOf(name)] ?? '']),
      );
      if (places.some((place) => base[place] === null) || (fits.length === 0 && nullable)) {
        for (const place of places) if (fillers[place]?.column.nullable) row[place] = null;
        continue;
      }
      // A first row may refer to itself.
      const self =
        key.to.table === table.name
          ? Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]))
          : undefined;
      const partner = fits.length > 0 ? random.skewed(fits, 1.5) : self;
      if (!partner) return false;
      for (const [index, name] of key.columns.entries()) {
        row[at.get(name) ?? -1] = partner[key.to.columns[index] ?? ''] ?? null;
        set.add(name);
      }
    }
    return true;
  };

  const draw = (
    fixed: Fixed,
    like: readonly Value[] | undefined,
    attempt: number,
    tell?: (row: readonly Value[] | undefined) => void,
  ): Draft | undefined => {
    tell?.(undefined);
    if (attempt >= draws) return undefined;
    for (let tries = 0; tries < uniqueTries; tries++) {
      const base = like ?? pickBase();
      const options = { faithful: attempt >= faithfulFrom, shiftMs: (random.next() - 0.5) * times };
      const row = fillers.map((filler, index) => {
        const value = base[index] ?? null;
        const isKey = table.unique.some((names) => names.length === 1 && names[0] === filler.column.name);
        return like && !isKey ? value : filler.next(value, random, options);
      });
      if (!like && !refer(row, base, fixed)) return undefined;
      for (const [name, value] of Object.entries(fixed)) if (at.has(name)) row[at.get(name) as number] = value;
      if (!claim(row)) continue;
      tell?.(row);
      return {
        row,
        redraw() {
          giveBack(row);
          return draw(fixed, like, attempt + 1, tell);
        },
      };
    }
    return undefined;
  };
  return {
    columns,
    /**
     * A row like those of the first; undefined where none can be made.
     *
     * @param tell is called with each draw, and with undefined when it is none any more
     */
    next: (fixed: Fixed, tell?: (row: readonly Value[] | undefined) => void): Draft | undefined =>
      bases.length > 0 ? draw(fixed, undefined, 0, tell) : undefined,
    /** The same row again, with keys of its own. */
    twin: (row: readonly Value[]): Draft | undefined => draw({}, row, draws - 1),
  };
}

/** Draws rows of the first, those with some values more often than others. */
function weighted(bases: readonly (readonly Value[])[], fillers: readonly ColumnFiller[], random: Random) {
  let total = 0;
  const sums = bases.map((row) => {
    total += fillers.reduce((product, filler, index) => product * filler.weight(row[index] ?? null), 1);
    return total;
  });
  return (): readonly Value[] => {
    const wanted = random.next() * total;
    const found = sums.findIndex((sum) => sum > wanted);
    return bases[Math.max(0, found)] as readonly Value[];
  };
}

/** By how much the times of a row move at most, in milliseconds: an eighth of the time that they span. */
function spanOf(bases: readonly (readonly Value[])[], fillers: readonly ColumnFiller[]): number {
  const times = fillers.flatMap(({ kind }, index) =>
    kind === 'time'
      ? bases.flatMap((row) => (row[index] ? [Date.parse(`${row[index].slice(0, 10)}T00:00:00Z`)] : []))
      : [],
  );
  const known = times.filter((time) => !Number.isNaN(time)).sort((a, b) => a - b);
  return known.length > 0 ? ((known.at(-1) as number) - (known[0] as number)) / 4 : 0;
}
