import type { Config } from '../config.ts';
import { styleOf } from '../model/style.ts';
import * as instruct from './instruct-prompts.ts';
import * as bundled from './prompts.ts';

/** The prompts of this capability for a style of model, and the parameters of its answers. */
export type SqlPrompts = Pick<typeof bundled, 'routePrompt' | 'sqlPrompt' | 'repairPrompt'> & {
  route: { maxTokens: number; stop?: readonly string[] };
  /** Stop sequences of a query. */
  stop: readonly string[];
};

const ends = ['<|im_end|>', ';\n\n'];

const styles: Readonly<Record<'bundled' | 'instruct', SqlPrompts>> = {
  bundled: {
    routePrompt: bundled.routePrompt,
    sqlPrompt: bundled.sqlPrompt,
    repairPrompt: bundled.repairPrompt,
    route: { maxTokens: 16, stop: ['\n'] },
    stop: ends,
  },
  // No stop at a line end: an answer may begin with reasoning or an empty line before it names a database.
  instruct: {
    routePrompt: instruct.routePrompt,
    sqlPrompt: instruct.sqlPrompt,
    repairPrompt: instruct.repairPrompt,
    route: { maxTokens: 512 },
    stop: ends,
  },
};

export const sqlPrompts = (config: Config): SqlPrompts => styles[styleOf(config, config.MODEL_ID)];
