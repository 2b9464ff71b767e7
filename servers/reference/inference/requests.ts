import { z } from 'zod';
import { orchestrationRequest } from '../orchestration/schemas.ts';

const count = (min: number, max: number) => z.number().int().min(min).max(max);
const maybe = <T extends z.ZodType>(schema: T) => schema.nullable().optional();

// Other fields are passed on unchecked, because model servers have parameters of their own.
const generation = {
  model: z.string().min(1).max(256).describe('One of those that /v1/models lists'),
  temperature: maybe(z.number().min(0).max(2)),
  top_p: maybe(z.number().min(0).max(1)),
  presence_penalty: maybe(z.number().min(-2).max(2)),
  frequency_penalty: maybe(z.number().min(-2).max(2)),
  max_tokens: maybe(count(1, 1_000_000)),
  seed: maybe(count(-2_147_483_648, 2_147_483_647)),
  n: maybe(count(1, 8)),
  stop: maybe(z.union([z.string().min(1), z.array(z.string().min(1)).max(4)])),
  stream: maybe(z.boolean()),
  stream_options: maybe(z.looseObject({ include_usage: maybe(z.boolean()) })).describe('Only with `stream`'),
};

const part = z.looseObject({ type: z.string() });
const message = z
  .looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
    content: maybe(z.union([z.string(), z.array(part)], 'must be a string or an array of parts')),
  })
  // An assistant message with a tool call may have no content.
  .refine(({ role, content }) => role === 'assistant' || typeof content === 'string' || Array.isArray(content), {
    path: ['content'],
    message: 'may be left out of what an assistant said only',
  });

/** OpenAI too refuses `stream_options` without `stream`. */
const streamOptionsNeedStream = (body: { stream?: boolean | null | undefined; stream_options?: unknown }) =>
  !body.stream_options || body.stream === true;
const streamOptionsAlone = {
  path: ['stream_options'],
  message: "is only allowed when 'stream' is true",
};

export const chatRequest = z
  .looseObject({
    ...generation,
    messages: z.array(message).min(1),
    max_completion_tokens: maybe(count(1, 1_000_000)),
    logprobs: maybe(z.boolean()),
    top_logprobs: maybe(count(0, 20)),
    orchestration: orchestrationRequest.optional(),
  })
  .refine(streamOptionsNeedStream, streamOptionsAlone)
  .refine(({ logprobs, top_logprobs: top }) => typeof top !== 'number' || logprobs === true, {
    path: ['top_logprobs'],
    message: "is only allowed when 'logprobs' is true",
  })
  .meta({ id: 'ChatRequest' });

export const completionRequest = z
  .looseObject({
    ...generation,
    prompt: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], 'must be a string or an array of strings'),
    logprobs: maybe(count(0, 20)),
  })
  .refine(streamOptionsNeedStream, streamOptionsAlone)
  .meta({ id: 'CompletionRequest' });

export const embeddingRequest = z
  .looseObject({
    model: generation.model,
    input: z.union(
      [z.string().min(1), z.array(z.string().min(1)).min(1).max(2_048)],
      'must be a string or an array of strings, none of them empty',
    ),
    encoding_format: maybe(z.enum(['float', 'base64'])),
    dimensions: maybe(count(1, 65_536)),
  })
  .meta({ id: 'EmbeddingRequest' });

export type ChatRequest = z.output<typeof chatRequest>;
