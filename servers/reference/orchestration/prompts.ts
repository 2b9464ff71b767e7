import type { Message } from '../model/client.ts';

const criticSystem = 'Review the proposed answer. Reply OK, or name the problem.';

/** The critic's prompt: the material that the answer should use, the question and the answer. */
export function critiquePrompt(conversation: readonly Message[], answer: string): Message[] {
  const question = conversation.findLast(({ role }) => role === 'user')?.content ?? '';
  const review = `Question: ${question}\nAnswer: ${answer}`;
  const context = contextOf(conversation);
  return [
    { role: 'system', content: criticSystem },
    { role: 'user', content: context ? `${context}\n${review}` : review },
  ];
}

/** The conversation, followed by the draft and the critique of it. */
export function revisionPrompt(conversation: readonly Message[], answer: string, critique: string): Message[] {
  return [
    ...conversation,
    { role: 'assistant', content: answer },
    { role: 'user', content: `A reviewer says: ${critique}\nWrite an improved answer.` },
  ];
}

/** Whether a critic accepts an answer. */
export const approves = (critique: string): boolean => /^\W*ok\b/i.test(critique);

/** The first line of a longer system message is the instruction; the rest is the material. */
function contextOf(conversation: readonly Message[]): string {
  const system = conversation.filter(({ role }) => role === 'system').map(({ content }) => content);
  return system
    .map((text) => text.split('\n').slice(1).join('\n').trim())
    .filter(Boolean)
    .join('\n');
}
