import { z } from 'zod';
import { boundedText } from '../texts.ts';
import { onePromptSchema, promptFields, requireOnePrompt } from './prompts.ts';

/** How a request names a model. */
export const modelReference = boundedText(1, 200).describe(
  '`name` (its latest version), `name:version`, or an id that the model server serves',
);

/** Unknown fields are refused: a mistyped `max_tokens` would silently change the answer. */
export const inferenceRequest = z
  .strictObject({ model: modelReference, ...promptFields })
  .superRefine(requireOnePrompt)
  .meta({ id: 'InferenceRequest', ...onePromptSchema });

const count = z.int().nonnegative();
export const usage = z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count });

/** The model that answered; `version` is null if it is not a registered one. */
export const usedModel = z.object({ name: z.string(), version: z.string().nullable(), served_id: z.string() });

export const inferenceAnswer = z
  .object({
    id: z.uuid(),
    model: usedModel,
    output: z.string(),
    finish_reason: z.string().nullable(),
    usage: usage.nullable().describe('As the model server counted; null where it does not'),
    latency_ms: z.number().nonnegative().describe('From the first byte of the request to this answer'),
    backend: z.string().describe('Which model server answered'),
    trace_id: z.string(),
  })
  .meta({ id: 'InferenceAnswer' });
