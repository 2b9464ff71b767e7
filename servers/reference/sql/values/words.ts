/** Values with more words are not searched in questions. */
export const longestValue = 6;

/** A sign after letters is a part of the word (blood type O-), but a hyphen between words is not. */
const word = /(?<![\p{L}\p{N}])[\p{L}\p{N}]{1,2}[+-](?![\p{L}\p{N}])|[\p{L}\p{N}]+/gu;

/** Words that are never a value by themselves. */
const small = new Set(
  (
    'a an and any are as at be by did do does for from had has have how i in is it its me my no not of on or our so ' +
    'than that the their them they this to was we were what when which who with you your'
  ).split(' '),
);

/**
 * The words of a text for comparison, without case, accents and plural. The training texts of the bundled model are
 * made with the same rules (tools/model/recipe/found.py).
 */
export function wordsOf(text: string): string[] {
  const bare = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (bare.match(word) ?? []).map(singular);
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || word.endsWith('ss')) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  return /(?:ch|sh|x|ss)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

/** The words to find a value by. Undefined if no question would name it: a number, a letter, "the", a sentence. */
export function keyOf(value: string): string | undefined {
  const words = wordsOf(value);
  const key = words.join(' ');
  if (words.length > longestValue || !/\p{L}/u.test(key)) return undefined;
  return small.has(key) || /^\p{L}$/u.test(key) ? undefined : key;
}
