/** Words of values longer than these many are not looked for in questions. */
export const longestValue = 6;

/** A sign stays with the letters before it (blood type O-), a hyphen between words does not. */
const word = /(?<![\p{L}\p{N}])[\p{L}\p{N}]{1,2}[+-](?![\p{L}\p{N}])|[\p{L}\p{N}]+/gu;

/** Words that are never taken for a value by themselves. */
const small = new Set(
  (
    'a an and any are as at be by did do does for from had has have how i in is it its me my no not of on or our so ' +
    'than that the their them they this to was we were what when which who with you your'
  ).split(' '),
);

/**
 * The words of a text as they are compared: without case, accents and plural.
 * The training text of the bundled model is made with the same rules (tools/model/recipe/found.py).
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

/** What a value is found by, or undefined where no question could mean it: a number, a letter, "the", a sentence. */
export function keyOf(value: string): string | undefined {
  const words = wordsOf(value);
  const key = words.join(' ');
  if (words.length > longestValue || !/\p{L}/u.test(key)) return undefined;
  return small.has(key) || /^\p{L}$/u.test(key) ? undefined : key;
}
