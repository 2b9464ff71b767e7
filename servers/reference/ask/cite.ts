import { sentencesOf } from '../documents/chunks.ts';
import type { Passage } from './full-text.ts';
import type { Citation } from './schemas.ts';

/** A sentence is quoted if it has at least this share of the answer's words. */
const enough = 0.6;

/**
 * The sentences that contain an answer, verbatim from the documents: at most one per passage, without duplicates from
 * overlapping passages.
 *
 * @param question decides between sentences that contain the answer equally well
 */
export function cite(answer: string, question: string, passages: readonly Passage[]): Citation[] {
  const citations: Citation[] = [];
  for (const passage of passages) {
    const quote = bestSentence(answer, question, passage.text);
    if (!quote) continue;
    const { documentId, documentName, position } = passage;
    if (citations.some((other) => other.document_id === documentId && other.quote === quote.sentence)) continue;
    citations.push({ document_id: documentId, document_name: documentName, chunk: position, quote: quote.sentence });
  }
  return citations;
}

function bestSentence(answer: string, question: string, text: string): { sentence: string } | undefined {
  const scored = sentencesOf(text).map((sentence) => ({
    sentence,
    held: held(answer, sentence),
    asked: share(wordsOf(question), new Set(wordsOf(sentence))),
  }));
  const best = scored.filter(({ held }) => held >= enough).sort((a, b) => b.held - a.held || b.asked - a.asked)[0];
  return best && (best.asked > 0 ? best : undefined);
}

/** 1 if the sentence contains the answer verbatim, else the share of the answer's words that it has. */
function held(answer: string, sentence: string): number {
  const [needle, hay] = [wordsOf(answer), wordsOf(sentence)];
  if (needle.length === 0) return 0;
  if (` ${hay.join(' ')} `.includes(` ${needle.join(' ')} `)) return 1;
  return share(needle, new Set(hay)) * 0.99;
}

const share = (words: readonly string[], among: ReadonlySet<string>): number =>
  words.length === 0 ? 0 : words.filter((word) => among.has(word)).length / words.length;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+(?:[.,'’-][\p{L}\p{N}]+)*/gu) ?? [];
