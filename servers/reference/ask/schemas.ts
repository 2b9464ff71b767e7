import { z } from 'zod';
import { boundedText } from '../texts.ts';

/** Unknown fields are refused: a mistyped `documentid` would silently widen the question. */
export const askRequest = z
  .strictObject({
    question: boundedText(1, 2_000).describe('A question in natural language'),
    document_id: z.uuid().optional().describe('Ask this document alone; all of yours and the shared ones otherwise'),
    stream: z.boolean().default(false).describe('Whether to answer with server-sent events'),
  })
  .meta({ id: 'AskRequest' });

const citation = z.object({
  document_id: z.uuid(),
  document_name: z.string(),
  chunk: z.number().int().nonnegative().describe('Which piece of the document, from 0'),
  quote: z.string().describe('The sentence of the document that holds the answer, word for word'),
});

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

export const askAnswer = z
  .object({
    id: z.uuid(),
    question: z.string(),
    answer: z.string(),
    answered: z.boolean().describe('False where the documents do not say'),
    citations: z.array(citation),
    cached: z.boolean().describe('Whether an earlier answer was given again; no tokens were used then'),
    model: z.string(),
    usage: z
      .object({ prompt_tokens: count, completion_tokens: count, total_tokens: count })
      .describe('Tokens of the answer; those of the embedded question are counted apart'),
    timings: z.object({ retrieve_ms: milliseconds, generate_ms: milliseconds, total_ms: milliseconds }),
  })
  .meta({ id: 'AskAnswer' });

export const askEvents = z
  .string()
  .describe(
    'Sent when `stream` is true. Events, each with an id that rises by one: `progress` {stage}, `token` {text}, ' +
      '`citations` {citations}; then exactly one of `done` (an AskAnswer) and `error` (a Problem), after which the ' +
      'stream ends. The tokens joined are the answer. Comments are heartbeats.',
  );

export type AskRequest = z.output<typeof askRequest>;
export type AskAnswer = z.output<typeof askAnswer>;
export type Citation = z.output<typeof citation>;
