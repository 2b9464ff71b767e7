/** The most characters of a passage. */
const most = 320;

/** A text without line breaks of its own, as sentences. */
export const sentencesOf = (text) =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .match(/.*?[.!?](?=\s+\p{Lu}|$)|.+$/gu)
    ?.map((sentence) => sentence.trim()) ?? [];

/**
 * Cuts pages into passages of whole sentences. The last sentence of a passage begins the next one, so that what belongs
 * together is together somewhere.
 */
export function passagesOf(pages) {
  const passages = [];
  for (const [index, page] of pages.entries())
    for (const paragraph of page.split(/\n\s*\n/)) {
      let open = [];
      const close = () => {
        if (open.length > 0) passages.push({ page: index + 1, words: open.join(' ') });
      };
      for (const sentence of sentencesOf(paragraph)) {
        if (open.length > 0 && open.join(' ').length + sentence.length > most) {
          close();
          open = open.slice(-1);
        }
        open.push(sentence);
      }
      close();
    }
  return passages;
}
