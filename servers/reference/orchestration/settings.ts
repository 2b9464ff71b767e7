import { z } from 'zod';
import { json } from '../settings.ts';

const model = z.string().min(1).max(256);
const preset = z.strictObject({
  generator: model,
  critic: model,
  /** Limit of the memory of both models together, as the model server reports it. */
  memory_budget_mb: z.number().positive().optional(),
  /** The default for the largest number of reviews. */
  max_rounds: z.number().int().min(1).max(5).default(1),
});

/** Named sets of models with roles. By default there is one, `reviewed`: MODEL_ID and the bundled critic. */
export const orchestrationSettings = {
  ORCHESTRATION_PRESETS: json(
    'a JSON object: {"name":{"generator":"…","critic":"…","memory_budget_mb":512}}',
    z
      .record(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), preset)
      .refine((map) => Object.keys(map).length > 0, 'at least one preset'),
  ).optional(),
};
