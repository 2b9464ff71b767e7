import { z } from 'zod';

/** The style of prompts: `bundled`, the terse format that the bundled models learned, or `instruct`, plain words. */
export type PromptStyle = 'bundled' | 'instruct';

export const promptSettings = {
  /** `auto` decides by the name of the model. */
  PROMPT_STYLE: z.enum(['auto', 'bundled', 'instruct']).default('auto'),
};

/** The style for a model. The names of the bundled models begin with the name of this project. */
export function styleOf(config: { PROMPT_STYLE: 'auto' | PromptStyle }, model: string): PromptStyle {
  if (config.PROMPT_STYLE !== 'auto') return config.PROMPT_STYLE;
  return model.startsWith('plumbline-') ? 'bundled' : 'instruct';
}

/** The reasoning of a model is not a part of its answer. */
export const withoutReasoning = (answer: string): string =>
  answer.replace(/<think>[\s\S]*?(?:<\/think>|$)/gi, '').trim();
