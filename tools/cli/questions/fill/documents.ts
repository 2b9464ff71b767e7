import type { Random } from '../../../../seed/databases/random.ts';
import { wordsOf } from './words.ts';

/** A text in this share of the documents is one of few kinds, and stays. */
const common = 0.02;

/** Makes JSON like that of a column: its texts are recombined, but for those that many documents have. */
export function documents(known: readonly string[]): (base: string, random: Random) => string {
  const counts = new Map<string, number>();
  for (const document of known)
    for (const text of textsIn(JSON.parse(document))) counts.set(text, (counts.get(text) ?? 0) + 1);
  const rare = [...counts].filter(([, count]) => count <= Math.max(1, known.length * common)).map(([text]) => text);
  if (rare.length === 0) return (base) => base;
  const [words, isRare] = [wordsOf([...counts.keys()]), new Set(rare)];
  return (base, random) =>
    JSON.stringify(JSON.parse(base), (_, value: unknown) =>
      typeof value === 'string' && isRare.has(value) ? words.next(random) : value,
    );
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}
