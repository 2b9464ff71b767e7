import { z } from 'zod';
import { orchestrationReport } from '../orchestration/schemas.ts';
import { openAiFailures } from './errors.ts';

const count = z.number().int().nonnegative();
const usage = z.looseObject({ prompt_tokens: count, total_tokens: count, completion_tokens: count.optional() });
const common = { id: z.string(), created: count, model: z.string(), usage: usage.nullish() };
const finishReason = z.string().nullish();

// Answers are passed on unchanged. These schemas document only the fields that every server sends.

export const modelAnswer = z
  .looseObject({
    id: z.string(),
    object: z.string().optional(),
    state: z.string().optional().describe('loaded, loading, unloading, unloaded or failed, where the server tells'),
    backends: z
      .record(z.string(), z.string())
      .optional()
      .describe('The state on each backend, where there are several'),
  })
  .meta({ id: 'Model' });

export const modelsAnswer = z
  .looseObject({ object: z.literal('list'), data: z.array(modelAnswer) })
  .meta({ id: 'Models' });

export const chatAnswer = z
  .looseObject({
    ...common,
    object: z.literal('chat.completion'),
    choices: z.array(
      z.looseObject({
        index: count,
        message: z.looseObject({ role: z.string(), content: z.string().nullable() }),
        finish_reason: finishReason,
      }),
    ),
    orchestration: orchestrationReport.optional(),
  })
  .meta({ id: 'ChatAnswer' });

export const completionAnswer = z
  .looseObject({
    ...common,
    object: z.literal('text_completion'),
    choices: z.array(z.looseObject({ index: count, text: z.string(), finish_reason: finishReason })),
  })
  .meta({ id: 'CompletionAnswer' });

export const embeddingsAnswer = z
  .looseObject({
    object: z.literal('list'),
    model: z.string(),
    data: z.array(
      z.looseObject({ index: count, embedding: z.union([z.array(z.number()), z.string().describe('base64')]) }),
    ),
    usage,
  })
  .meta({ id: 'EmbeddingsAnswer' });

/** OpenAPI has no schema for server-sent events, so the description states the contract. */
const chunks = z
  .string()
  .describe(
    "Sent when `stream` is true: OpenAI's chunks, one a `data:` line, then `data: [DONE]`. What fails in mid-stream is " +
      'an error object as the last event, without `[DONE]`. The usage chunk comes only when asked for. Comments are ' +
      'heartbeats and progress.',
  );

/** The `response` of a route that calls a model. @param streams whether the answer may be a stream */
export function answers<T extends z.ZodType>(description: string, schema: T, streams = true) {
  const json = { 'application/json': { schema } };
  return {
    200: { description, content: streams ? { ...json, 'text/event-stream': { schema: chunks } } : json },
    ...openAiFailures({
      400: 'A field is not valid (`error.param` names it), or the request does not fit the context of the model',
      404: 'There is no such model',
      413: 'The body is too large',
      415: 'The body is not application/json',
      422: 'The model server finds the request not valid',
      502: 'The model server answered badly',
      504: 'The model server took too long',
    }),
  };
}
