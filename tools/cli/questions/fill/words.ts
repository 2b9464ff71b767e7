import type { Random } from '../../../../seed/databases/random.ts';

/** Makes texts out of those of a column. */
export interface Words {
  /** A text like the others that is none of them: parts of several, in their places. */
  next(random: Random): string;
}

const tries = 30;
const parts = (text: string): string[] => text.split(/([\p{L}\p{M}]+|\p{N}+)/u);

/**
 * @param texts all that the column has; none of them is ever returned
 * @param unique no text is returned twice
 */
export function wordsOf(texts: readonly string[], unique = false): Words {
  const known = new Set(texts);
  const split = [...known].map(parts);
  const like = (part: string, at: number, random: Random): string => {
    if (/^\p{N}+$/u.test(part)) return digits(part, random);
    if (at % 2 === 0) return part;
    const other = random.pick(split);
    const found = other[at] ?? other[1] ?? part;
    return /^\p{L}/u.test(found) ? found : part;
  };
  return {
    next(random) {
      let made = '';
      for (let attempt = 0; attempt < tries; attempt++) {
        const mixed = random.pick(split).map((part, at) => like(part, at, random));
        // One word each: parts of words.
        made = (attempt < tries / 2 ? mixed : mixed.map((part) => blend(part, random, split))).join('');
        if (!known.has(made)) break;
      }
      // Texts without letters and digits, or too few to mix.
      while (known.has(made)) made += random.pick([...'abcdefghij']);
      if (unique) known.add(made);
      return made;
    },
  };
}

const digits = (part: string, random: Random): string =>
  [...part].map((_, at) => String(random.int(at === 0 && part.length > 1 ? 1 : 0, 9))).join('');

function blend(part: string, random: Random, split: readonly string[][]): string {
  if (!/^\p{L}/u.test(part)) return part;
  const other = random.pick(split).find((word) => /^\p{L}/u.test(word)) ?? part;
  return part.slice(0, Math.ceil(part.length / 2)) + other.slice(Math.ceil(other.length / 2));
}
