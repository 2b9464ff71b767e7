import { z } from 'zod';
import { onePromptSchema, promptFields, requireOnePrompt } from '../realtime/prompts.ts';
import { modelReference, usage, usedModel } from '../realtime/schemas.ts';
import { boundedText } from '../texts.ts';

const item = z
  .strictObject({
    id: boundedText(1, 100).optional().describe('Its place in the list where none is given'),
    ...promptFields,
  })
  .superRefine(requireOnePrompt)
  .meta({ id: 'BatchItem', ...onePromptSchema });

/** The id of an item: the caller's id, or else its position. */
export const idOf = ({ id }: { id?: string | undefined }, position: number): string => id ?? String(position);

/** @param maxItems in one batch */
export const batchRequest = (maxItems: number) =>
  z
    .strictObject({
      model: modelReference,
      items: z.array(item).min(1, 'must not be empty').max(maxItems, `must have at most ${maxItems} items`),
    })
    .superRefine(({ items }, context) => {
      const seen = new Map<string, number>();
      for (const [position, item] of items.entries()) {
        const id = idOf(item, position);
        const first = seen.get(id);
        if (first === undefined) seen.set(id, position);
        else
          context.addIssue({
            code: 'custom',
            path: ['items', position, 'id'],
            message: `${JSON.stringify(id)} is the id of item ${first} too`,
          });
      }
    })
    .meta({ id: 'BatchRequest' });

const count = z.int().nonnegative();
const time = z.iso.datetime();
const status = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);

export const batch = z
  .object({
    id: z.uuid(),
    model: usedModel,
    status: status.describe('`failed` where not one item is done'),
    total: count,
    counts: z
      .object({ queued: count, running: count, done: count, failed: count, cancelled: count })
      .describe('They add up to `total`'),
    results_url: z.string().describe('Answers once the batch has finished'),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
  })
  .meta({ id: 'Batch' });

/** One line of the results. */
const itemResult = z.object({
  id: z.string(),
  index: count,
  status: z.enum(['done', 'failed', 'cancelled']),
  output: z.string().nullable(),
  finish_reason: z.string().nullable(),
  usage: usage.nullable(),
  latency_ms: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable().describe('Why it failed'),
  attempts: count,
  finished_at: time,
});

export const byId = z.object({ id: z.uuid() });

export type Batch = z.output<typeof batch>;
export type BatchRequest = z.output<ReturnType<typeof batchRequest>>;
export type ItemResult = z.output<typeof itemResult>;
export type Result = Pick<ItemResult, 'output' | 'finish_reason' | 'usage' | 'latency_ms'>;
export type ItemError = NonNullable<ItemResult['error']>;
