import { z } from 'zod';
import { badResponse } from './failures.ts';

type Likely = { text: string; logprob: number };
/** A generated token with its log probability, and the likeliest alternatives if requested, itself included. */
export type Token = Likely & { alternatives?: readonly Likely[] };
type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };
export type Completion = {
  text: string;
  /** Empty if the server sends no log probabilities. */
  tokens: readonly Token[];
  finishReason: string | undefined;
  usage: Usage | undefined;
};

const count = z.number().int().nonnegative();
const likely = { token: z.string(), logprob: z.number() };
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
        logprobs: z
          .object({
            content: z.array(z.object({ ...likely, top_logprobs: z.array(z.object(likely)).nullish() })).nullish(),
          })
          .nullish(),
      }),
    )
    .max(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count }).nullish(),
});

/**
 * Collects the chunks of one streamed completion.
 *
 * @param onText called with each piece of text as it arrives
 */
export function gatherChunks(onText: (text: string) => void) {
  const tokens: Token[] = [];
  const completion = { text: '', finishReason: undefined as string | undefined, usage: undefined as Usage | undefined };
  let done = false;

  return {
    /** Adds the data of one event. @throws ProblemError 502 if it is not a chunk */
    push(data: string): void {
      if (done) return;
      if (data === '[DONE]') {
        done = true;
        return;
      }
      const { choices, usage } = parse(data);
      if (usage) completion.usage = usage;
      for (const { delta, finish_reason, logprobs } of choices) {
        for (const { token: text, logprob, top_logprobs: top } of logprobs?.content ?? []) {
          const alternatives = top?.map((other) => ({ text: other.token, logprob: other.logprob }));
          tokens.push({ text, logprob, ...(alternatives ? { alternatives } : {}) });
        }
        if (finish_reason) completion.finishReason = finish_reason;
        if (!delta?.content) continue;
        completion.text += delta.content;
        onText(delta.content);
      }
    },

    /** The whole completion. @throws ProblemError 502 if the stream did not end properly */
    finish(): Completion {
      if (!done) throw badResponse(`The model server ended its stream early, after ${tokens.length} tokens.`);
      return { ...completion, tokens };
    },
  };
}

function parse(data: string): z.output<typeof chunkSchema> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw badResponse('The model server sent an event that is not JSON.', error);
  }
  if (typeof value === 'object' && value !== null && 'error' in value && value.error)
    throw badResponse('The model server reported an error in mid-stream.', new Error(JSON.stringify(value.error)));
  const chunk = chunkSchema.safeParse(value);
  if (!chunk.success) throw badResponse('The model server sent an event that is not a completion chunk.', chunk.error);
  return chunk.data;
}
