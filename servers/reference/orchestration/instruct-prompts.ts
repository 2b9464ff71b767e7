import type { Message } from '../model/client.ts';

const system = `You review an assistant's proposed answer to the last message of a conversation.
If it is correct, complete and does what was asked, reply with exactly: OK
Otherwise reply with one or two sentences that name the problem. Do not write the answer yourself.`;

/** For critics that follow instructions: the conversation, and the answer. */
export function critiquePrompt(conversation: readonly Message[], answer: string): Message[] {
  const said = conversation.map(({ role, content }) => `[${role}]\n${content}`).join('\n\n');
  return [
    { role: 'system', content: system },
    { role: 'user', content: `The conversation:\n\n${said}\n\nThe proposed answer:\n\n${answer}` },
  ];
}
