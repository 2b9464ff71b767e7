import { z } from 'zod';

/** How models are spoken to: `bundled`, the terse language that the small ones were taught, or `instruct`, plain words. */
export type PromptStyle = 'bundled' | 'instruct';

export const promptSettings = {
  /** `auto` goes by the name of the model that is asked. */
  PROMPT_STYLE: z.enum(['auto', 'bundled', 'instruct']).default('auto'),
};

/** The style that a model understands: those that were trained for this service are called so. */
export function styleOf(config: { PROMPT_STYLE: 'auto' | PromptStyle }, model: string): PromptStyle {
  if (config.PROMPT_STYLE !== 'auto') return config.PROMPT_STYLE;
  return model.startsWith('plumbline-') ? 'bundled' : 'instruct';
}

/** What a reasoning model thinks before it answers is no part of the answer. */
export const withoutReasoning = (answer: string): string =>
  answer.replace(/<think>[\s\S]*?(?:<\/think>|$)/gi, '').trim();
