import type { Config } from '../config.ts';
import { OpenAiError } from '../inference/errors.ts';
import { type PromptStyle, styleOf } from '../model/style.ts';

export type Preset = { name: string; criticStyle: PromptStyle } & NonNullable<Config['ORCHESTRATION_PRESETS']>[string];

/** The presets by name; the first is the default of mode `critique`. */
export function presetsOf(config: Config): ReadonlyMap<string, Preset> {
  const reviewed = { generator: config.MODEL_ID, critic: 'plumbline-critic', memory_budget_mb: 512, max_rounds: 1 };
  const named = config.ORCHESTRATION_PRESETS ?? { reviewed };
  return new Map(
    Object.entries(named).map(([name, preset]) => [
      name,
      { name, ...preset, criticStyle: styleOf(config, preset.critic) },
    ]),
  );
}

/**
 * @param status 404 if the preset is the resource, 400 if it is a parameter
 * @throws OpenAiError that lists the existing presets
 */
export function findPreset(name: string, presets: ReadonlyMap<string, Preset>, status: 400 | 404): Preset {
  const found = presets.get(name);
  if (found) return found;
  const known = [...presets.keys()].join(', ');
  throw new OpenAiError(status, `There is no preset '${name}'; there are: ${known}.`, {
    param: status === 400 ? 'orchestration.preset' : 'preset',
    code: 'unknown_preset',
  });
}

/** The API's view of a preset. */
export const presetView = ({ name, generator, critic, memory_budget_mb, max_rounds }: Preset) => ({
  id: name,
  object: 'preset' as const,
  models: { generator, critic },
  memory_budget_mb: memory_budget_mb ?? null,
  max_rounds,
});
