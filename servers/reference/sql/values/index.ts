import type { Catalog } from '../../databases/catalog.ts';
import type { Contents, Place } from '../../databases/contents.ts';
import { keyOf, longestValue, wordsOf } from './words.ts';

/** Limits for a prompt: the number of matches, and the number of columns for one value. */
const shown = 6;
const shownOfOne = 3;
/** A column with at most this many values has categories, which derived words (cardiologist, Japanese) match, too. */
const fewValues = 100;

export type ValueIndex = {
  /** The values of the database that a question names. */
  find(question: string): Place[];
  /** The columns of a value, in any spelling. */
  places(value: string): readonly Place[];
};

/** An index of a database's values by their words. */
export function indexValues(contents: readonly Contents[], { tables }: Pick<Catalog, 'tables'>): ValueIndex {
  const places = new Map<string, Place[]>();
  const categories = new Map<string, string[]>();
  const enums = new Set(tables.flatMap((t) => t.columns.filter((c) => c.labels).map((c) => `${t.name}.${c.name}`)));
  for (const { table, column, values } of contents) {
    const derivable = values.length <= fewValues && !enums.has(`${table}.${column}`);
    for (const value of values) {
      const key = keyOf(value);
      if (key === undefined) continue;
      const known = places.get(key);
      if (known) known.push({ table, column, value });
      else places.set(key, [{ table, column, value }]);
      if (derivable && /^[^ ]{4,}$/.test(key)) addTo(categories, key.slice(0, 4), key);
    }
  }
  const names = tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]);
  const ofSchema = new Set(names.flatMap((name) => wordsOf(name.replaceAll('_', ' '))));
  const near = (word: string) => (ofSchema.has(word) ? undefined : derivedFrom(word, categories));
  return {
    find: (question) => find(wordsOf(question), places, near),
    places: (value) => places.get(keyOf(value) ?? '') ?? [],
  };
}

/** The longest match at a position wins. Matches are in the order of the question. */
function find(
  words: readonly string[],
  places: ReadonlyMap<string, readonly Place[]>,
  near: (word: string) => string | undefined,
): Place[] {
  const found: Place[] = [];
  for (let at = 0; at < words.length; ) {
    let taken = 1;
    for (let length = Math.min(longestValue, words.length - at); length > 0; length--) {
      const key = words.slice(at, at + length).join(' ');
      const here = places.get(key) ?? (length === 1 ? places.get(near(key) ?? '') : undefined);
      if (!here) continue;
      for (const place of here.slice(0, shownOfOne)) if (!found.includes(place)) found.push(place);
      taken = length;
      break;
    }
    at += taken;
  }
  return found.slice(0, shown);
}

/** The category that a word is derived from: it has most of the category's letters and a short ending. */
function derivedFrom(word: string, categories: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (word.length < 5) return undefined;
  let best: { key: string; same: number } | undefined;
  for (const key of categories.get(word.slice(0, 4)) ?? []) {
    let same = 0;
    while (same < key.length && key[same] === word[same]) same++;
    if (same > (best?.same ?? 0) && same >= key.length - 2 && word.length - same <= 5) best = { key, same };
  }
  return best?.key;
}

function addTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key) ?? [];
  if (!list.includes(value)) list.push(value);
  lists.set(key, list);
}
