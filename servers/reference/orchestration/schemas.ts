import { z } from 'zod';

const count = z.number().int().nonnegative();
const mode = z.enum(['single', 'critique']);

/** The field of a chat request that sets how several models work on it. */
export const orchestrationRequest = z
  .strictObject({
    mode: mode.describe('`critique`: a critic reviews what the generator answers, which then improves it'),
    preset: z.string().min(1).max(64).optional().describe('Whose models answer, in place of `model`'),
    max_rounds: z.number().int().min(1).max(5).optional().describe('Reviews at most'),
  })
  .describe('How several models work together on the answer');

const usageSchema = z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count });

const step = z.object({
  stage: z.enum(['draft', 'critique', 'revision']),
  role: z.enum(['generator', 'critic']),
  model: z.string(),
  content: z.string(),
  usage: usageSchema,
  ms: z.number().nonnegative(),
});

export const orchestrationReport = z
  .object({
    mode,
    preset: z.string().nullable(),
    models_used: z.array(z.string()).describe('In the order in which they first worked'),
    approved: z.boolean().nullable().describe("The critic's last word; null where none was asked"),
    steps: z.array(step),
  })
  .meta({ id: 'Orchestration' });

const preset = z.object({
  id: z.string(),
  object: z.literal('preset'),
  models: z.object({ generator: z.string(), critic: z.string() }),
  memory_budget_mb: z.number().nullable(),
  max_rounds: count,
});

export const presetList = z.object({ object: z.literal('list'), data: z.array(preset) }).meta({ id: 'Presets' });

export const loadedPreset = preset
  .extend({
    loaded: z.array(
      z.object({
        id: z.string(),
        role: z.enum(['generator', 'critic']),
        state: z.string().nullable(),
        memory_bytes: count.nullable().describe('Null where the model server does not tell'),
      }),
    ),
    memory_bytes: count.nullable(),
  })
  .meta({ id: 'LoadedPreset' });

export type OrchestrationReport = z.output<typeof orchestrationReport>;
export type Step = OrchestrationReport['steps'][number];
export type Usage = z.output<typeof usageSchema>;
export type LoadedPreset = z.output<typeof loadedPreset>;
