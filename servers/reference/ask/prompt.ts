import type { Message } from '../model/client.ts';
import type { Passage } from './full-text.ts';

export const unknownAnswer = 'I do not know.';

/** Whether a model's answer says that the passage does not contain the answer. */
export const saysUnknown = (answer: string): boolean => /^i (do not|don[’']t) know\b/i.test(answer.trim());

export const askPrompt = (question: string, passages: readonly Passage[]): Message[] => [
  {
    role: 'system',
    content: `Answer the question from the passage, or say: I do not know.\n${passages.map(({ text }) => text).join('\n')}`,
  },
  { role: 'user', content: question },
];

const wordsIn = (text: string): number => text.split(/\s+/).length;

/** The best passages up to the model's limits. The best one is always included, even if it is too long. */
export function fitting(passages: readonly Passage[], most: { passages: number; words: number }): Passage[] {
  let words = 0;
  const chosen: Passage[] = [];
  for (const passage of passages.slice(0, most.passages)) {
    words += wordsIn(passage.text);
    if (chosen.length > 0 && words > most.words) break;
    chosen.push(passage);
  }
  return chosen;
}
