import { z } from 'zod';
import { ProblemError } from '../errors/problem.ts';
import type { CompletionRequest } from '../model/client.ts';
import type { ResolvedModel } from '../registry/registry.ts';
import { boundedText } from '../texts.ts';

const maxCharacters = 32_768;

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: boundedText(1, maxCharacters),
});

/** The prompt of an inference or of a batch item. */
export const promptFields = {
  input: boundedText(1, maxCharacters).optional().describe('One user message; in place of `messages`'),
  messages: z.array(message).min(1).max(100).optional().describe('A conversation; in place of `input`'),
  max_tokens: z.number().int().min(1).max(8_192).optional(),
  temperature: z.number().min(0).max(2).optional(),
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
  stop: z.array(boundedText(1, 100)).min(1).max(4).optional(),
};

/** The same rule in the schema. */
export const onePromptSchema = { oneOf: [{ required: ['input'] }, { required: ['messages'] }] };

/** Refuses a prompt that has both `input` and `messages`, or neither. */
export function requireOnePrompt(prompt: { input?: unknown; messages?: unknown }, context: z.RefinementCtx): void {
  if ((prompt.input === undefined) !== (prompt.messages === undefined)) return;
  const message = prompt.input === undefined ? 'give `input` or `messages`' : 'give `input` or `messages`, not both';
  context.addIssue({ code: 'custom', path: ['input'], message });
}

const promptSchema = z.object(promptFields);
export type Prompt = z.output<typeof promptSchema>;

/**
 * Converts a prompt for the model client. The registered model has the defaults for missing parameters.
 *
 * @param maxTokens the default if the registered model has none
 */
export function completionOf(
  prompt: Prompt,
  { served_id, parameters }: Pick<ResolvedModel, 'served_id' | 'parameters'>,
  maxTokens: number,
): Omit<CompletionRequest, 'purpose'> {
  const temperature = prompt.temperature ?? parameters.temperature;
  const seed = prompt.seed ?? parameters.seed;
  return {
    model: served_id,
    messages: prompt.messages ?? [{ role: 'user', content: prompt.input ?? '' }],
    maxTokens: prompt.max_tokens ?? parameters.max_tokens ?? maxTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
    ...(prompt.stop ? { stop: prompt.stop } : {}),
  };
}

/** The model client's error names a question, but here a prompt was too long, in another field. */
export function promptProblem(error: unknown, prompt: Prompt): unknown {
  if (!(error instanceof ProblemError) || error.problem.code !== 'question_too_long') return error;
  const field = prompt.messages ? 'messages' : 'input';
  const message = "does not fit the model's context";
  return new ProblemError('prompt_too_long', `${field}: ${message}.`, {
    extra: { errors: [{ field, message }] },
    cause: error,
  });
}
