/** A fixed-seed source of choices: the same seed and stream give the same rows on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer, both bounds included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Picks early items more often than late ones; `power` 1 is even. */
  skewed<T>(items: readonly T[], power: number): T;
  /** Picks a key in proportion to its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  shuffle<T>(items: readonly T[]): T[];
};

/**
 * One stream a table, so that a change to one table's generator leaves the other tables' rows alone.
 * @param seed of the whole database
 * @param stream usually the table's name
 */
export function createRandom(seed: number, stream: string): Random {
  let state = fnv1a(`${seed}:${stream}`);
  // mulberry32: 32 bits of state are plenty for some ten thousand rows, and it is portable to the bit.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error(`nothing to pick from in stream ${stream}`);
    return items[int(0, items.length - 1)] as T;
  };
  return {
    next,
    int,
    pick,
    skewed: <T>(items: readonly T[], power: number) => items[Math.floor(next() ** power * items.length)] as T,
    chance: (probability) => next() < probability,
    weighted(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key;
      }
      return (entries.at(-1) as (typeof entries)[number])[0];
    },
    shuffle(items) {
      const copy = [...items];
      for (let at = copy.length - 1; at > 0; at--) {
        const other = int(0, at);
        [copy[at], copy[other]] = [copy[other] as (typeof copy)[number], copy[at] as (typeof copy)[number]];
      }
      return copy;
    },
  };
}

/** A string's 32-bit FNV-1a hash, as a signed integer. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
