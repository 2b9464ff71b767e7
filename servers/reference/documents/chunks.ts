/** Abbreviations whose full stop does not end a sentence. */
const abbreviation = /(?:\b(?:e\.g|i\.e|etc|dr|mr|mrs|ms|no|vs|approx|fig|p|pp|st)\.|\b[A-Z]\.)$/i;

const isComplete = (sentence: string): boolean => /[.!?…:;,]["')\]]*$/.test(sentence);

/** Puts blank lines around short lines, because headings in the text of a PDF have no other mark. */
function setHeadingsApart(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const isHeading = (line: string, index: number): boolean => {
    const [before, after] = [lines[index - 1] ?? '', lines[index + 1] ?? ''];
    return line.length < 50 && !isComplete(line) && (before === '' || isComplete(before)) && /^\p{Lu}/u.test(after);
  };
  return lines.map((line, index) => (isHeading(line, index) ? `\n\n${line}\n\n` : line)).join('\n');
}

/** The sentences of a text, in order. Blank lines, headings and list items also end a sentence. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const block of setHeadingsApart(text).split(/\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)/)) {
    let sentence = '';
    for (const piece of block
      .replaceAll(/\s+/g, ' ')
      .trim()
      .split(/(?<=[.!?]["')\]]?)\s+(?=["'([]?[\p{Lu}\p{N}])/u)) {
      sentence = sentence ? `${sentence} ${piece}` : piece;
      if (abbreviation.test(sentence)) continue;
      if (sentence) sentences.push(sentence);
      sentence = '';
    }
    if (sentence) sentences.push(sentence);
  }
  return sentences;
}

const wordsIn = (text: string): number => text.split(/\s+/).length;

/**
 * Divides a text into chunks of whole sentences. Each chunk begins with the last sentence of the one before, so that a
 * fact and what it refers to stay together.
 *
 * @param maxWords words per chunk; only a longer sentence is cut
 */
export function chunksOf(text: string, maxWords: number): string[] {
  const sentences = sentencesOf(text).flatMap((sentence) => cut(sentence, maxWords));
  const chunks: string[] = [];
  let current: string[] = [];
  let words = 0;
  for (const sentence of sentences) {
    const length = wordsIn(sentence);
    if (current.length > 0 && words + length > maxWords) {
      chunks.push(join(current));
      const last = current.at(-1) ?? '';
      current = current.length > 1 && wordsIn(last) + length <= maxWords ? [last] : [];
      words = current.length > 0 ? wordsIn(last) : 0;
    }
    current.push(sentence);
    words += length;
  }
  if (current.length > 0) chunks.push(join(current));
  return chunks;
}

/** A heading stays on its own line. */
const join = (sentences: readonly string[]): string =>
  sentences
    .map((sentence) => sentence + (isComplete(sentence) ? ' ' : '\n'))
    .join('')
    .trim();

function cut(sentence: string, maxWords: number): string[] {
  const words = sentence.split(/\s+/);
  if (words.length <= maxWords) return [sentence];
  return Array.from({ length: Math.ceil(words.length / maxWords) }, (_, index) =>
    words.slice(index * maxWords, (index + 1) * maxWords).join(' '),
  );
}
