import { createHash } from 'node:crypto';
import type { Random } from '../../../../seed/databases/random.ts';
import type { Column, Table } from '../catalog.ts';
import { documents } from './documents.ts';
import { decimalsOf, movedTime, reflected, timeOf } from './scalars.ts';
import { wordsOf } from './words.ts';

/** A value as Postgres prints it. */
export type Value = string | null;

/** How the values of one column come about. */
export interface ColumnFiller {
  readonly column: Column;
  /** Its own values in other shares; recombined text; moved; numbered; or as the row that a new one begins as has it. */
  readonly kind: 'few' | 'words' | 'number' | 'time' | 'key' | 'as it is';
  /**
   * @param base the value of the row of the first instance that the new row begins as
   * @param options faithful: closer to the base; shiftMs: by which all times of a row move
   */
  next(base: Value, random: Random, options: { faithful: boolean; shiftMs: number }): Value;
  /** For rows of the first: how much more often rows with this value are taken. */
  weight(base: Value): number;
}

/** A column of texts with at most so many values, each as often on average, keeps its values; of numbers likewise. */
const [fewTexts, fewNumbers] = [
  { most: 100, often: 2 },
  { most: 12, often: 4 },
];
/** Shares: of values redrawn by themselves, of NULLs put or taken away, of numbers that stay and so tie. */
const [redrawn, turned, tied] = [0.1, 0.04, 0.1];

/**
 * How a column is filled, by what the first instance has in it.
 *
 * @param values of the column, row by row
 * @param referenced other tables refer to its values
 * @param random decides which of its values become frequent
 */
export function fillerOf(
  { column, table, referenced }: { column: Column; table: Table; referenced: boolean },
  values: readonly Value[],
  random: Random,
): ColumnFiller {
  const known = values.filter((value) => value !== null);
  const distinct = [...new Set(known)];
  const single = table.unique.some((columns) => columns.length === 1 && columns[0] === column.name);
  const kind = kindOf(column, distinct, known.length, single);
  const weights = new Map(distinct.map((value) => [value, kind === 'few' ? 0.25 + 1.75 * random.next() : 1]));
  const draw = drawer({ kind, column, known, distinct, keep: single && referenced, unique: single, random });
  const holdsNulls = known.length < values.length;
  return {
    column,
    kind,
    weight: (base) => (base === null ? 1 : (weights.get(base) ?? 1)),
    next(base, source, { faithful, shiftMs }) {
      const turn = !faithful && column.nullable && holdsNulls && source.chance(turned);
      if (base === null) return turn && known.length > 0 ? draw(source.pick(known), source, faithful, shiftMs) : null;
      return turn ? null : draw(base, source, faithful, shiftMs);
    },
  };
}

function kindOf(column: Column, distinct: readonly string[], rows: number, single: boolean): ColumnFiller['kind'] {
  const { category, type } = column;
  const isFew = ({ most, often }: typeof fewTexts): boolean =>
    distinct.length <= most && distinct.length * often <= rows;
  if (type === 'uuid') return single ? 'key' : 'as it is';
  if (category === 'enum' || category === 'B') return 'few';
  if (category === 'N') {
    if (single && distinct.every((value) => /^-?\d+$/.test(value))) return 'key';
    return isFew(fewNumbers) ? 'few' : 'number';
  }
  if (category === 'D') return distinct.every((value) => timeOf(value) !== undefined) ? 'time' : 'as it is';
  if (/^jsonb?$/.test(type)) return 'words';
  if (category !== 'S') return 'as it is';
  return isFew(fewTexts) && !single ? 'few' : 'words';
}

type Draw = (base: string, random: Random, faithful: boolean, shiftMs: number) => string;

interface Given {
  readonly kind: ColumnFiller['kind'];
  readonly column: Column;
  readonly known: readonly string[];
  readonly distinct: readonly string[];
  /** Keeps its values, as codes that others refer to. */
  readonly keep: boolean;
  /** No value comes twice. */
  readonly unique: boolean;
  readonly random: Random;
}

function drawer({ kind, column: { type }, known, distinct, keep, unique, random }: Given): Draw {
  switch (kind) {
    case 'few':
      return (base, source, faithful) => (!faithful && source.chance(redrawn) ? source.pick(distinct) : base);
    case 'words': {
      if (/^jsonb?$/.test(type)) return documents(known);
      if (keep) return (base) => base;
      const words = wordsOf(known, unique);
      return (_, source) => words.next(source);
    }
    case 'number':
      return numbers(known);
    case 'time': {
      const [low, high] = rangeOf(known.map((text) => timeOf(text) ?? 0));
      return (base, _, __, shiftMs) => {
        const at = timeOf(base) ?? 0;
        // The other way where it would leave the range.
        return movedTime(base, at + shiftMs < low || at + shiftMs > high ? 0 : shiftMs, type);
      };
    }
    case 'key':
      return type === 'uuid' ? (_, source) => uuid(source) : numbered(known.map(Number), random);
    default:
      return (base) => base;
  }
}

const rangeOf = (values: readonly number[]): [low: number, high: number] =>
  values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );

function numbers(known: readonly string[]): Draw {
  const sorted = known.map(Number).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, high, spread] = [at(0), at(1), at(0.9) - at(0.1)];
  return (base, random, faithful) => {
    if (faithful || random.chance(tied) || !Number.isFinite(Number(base))) return base;
    const moved = Number(base) + (random.next() + random.next() - 1) * 0.3 * spread;
    return reflected(moved, low, high).toFixed(decimalsOf(base));
  };
}

/** How many numbers are shuffled at once: nearly all up to the highest are used, and rows do not lie in their order. */
const shuffled = 64;

/** Numbers from the lowest on. */
function numbered(known: readonly number[], random: Random): Draw {
  const [low] = rangeOf(known);
  let last = Number.isFinite(low) ? low - 1 : 0;
  let ahead: number[] = [];
  const more = (): number[] => random.shuffle(Array.from({ length: Math.min(shuffled, known.length) }, () => ++last));
  return () => {
    if (ahead.length === 0) ahead = more();
    return String(ahead.pop());
  };
}

function uuid(random: Random): string {
  const hex = createHash('sha256').update(String(random.next())).update(String(random.next())).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
