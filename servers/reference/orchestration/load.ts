import type { Backend } from '../backends/backend.ts';
import { OpenAiError } from '../inference/errors.ts';
import { allModels, changeModel } from '../inference/models.ts';
import type { ListedModel } from '../model/list.ts';
import { type Preset, presetView } from './presets.ts';
import type { LoadedPreset } from './schemas.ts';

const bytesPerMb = 1_048_576;

/**
 * Loads a preset's models and adds up their memory. If they exceed the budget, those that were not loaded before are
 * unloaded again.
 *
 * @throws OpenAiError 404 for an unknown model, 409 if the budget is exceeded; ProblemError of the model server
 */
export async function loadPreset(
  preset: Preset,
  backends: readonly Backend[],
  signal: AbortSignal,
): Promise<LoadedPreset> {
  const before = await allModels(backends, signal);
  const wasLoaded = new Set(before.filter(({ state }) => state === 'loaded').map(({ id }) => id));
  const loaded: LoadedPreset['loaded'] = [];
  for (const role of ['generator', 'critic'] as const) {
    const id = preset[role];
    const model = await changeModel(id, 'load', backends, signal);
    const state = typeof model['state'] === 'string' ? model['state'] : null;
    loaded.push({ id, role, state, memory_bytes: memoryOf(model) });
  }
  const memory = sumOf(loaded);
  const { memory_budget_mb: budget, name } = preset;
  if (budget !== undefined && memory !== null && memory > budget * bytesPerMb) {
    const ours = new Set(loaded.map(({ id }) => id)).difference(wasLoaded);
    for (const id of ours) await changeModel(id, 'unload', backends, signal);
    const took = (memory / bytesPerMb).toFixed(1);
    throw new OpenAiError(409, `The models of '${name}' take ${took} MB; its budget is ${budget} MB.`, {
      param: 'memory_budget_mb',
      code: 'memory_budget_exceeded',
    });
  }
  return { ...presetView(preset), loaded, memory_bytes: memory };
}

function memoryOf(model: ListedModel): number | null {
  const { memoryBytes } = (model['details'] ?? {}) as { memoryBytes?: unknown };
  return typeof memoryBytes === 'number' ? Math.round(memoryBytes) : null;
}

/** A model with two roles counts once. The sum is unknown if the memory of one model is. */
function sumOf(loaded: LoadedPreset['loaded']): number | null {
  const each = [...new Map(loaded.map(({ id, memory_bytes }) => [id, memory_bytes])).values()];
  return each.reduce((sum: number | null, bytes) => (sum === null || bytes === null ? null : sum + bytes), 0);
}
