import type { Config } from '../config.ts';
import { styleOf } from '../model/style.ts';
import * as instruct from './instruct-prompts.ts';
import * as bundled from './prompts.ts';

/** The prompts of this capability in the words of the model that is asked, and how it is let answer them. */
export type SqlPrompts = Pick<typeof bundled, 'routePrompt' | 'sqlPrompt' | 'repairPrompt'> & {
  route: { maxTokens: number; stop?: readonly string[] };
  /** What ends a query. */
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
  // One that thinks aloud, or begins with an empty line, has not named a database by its first line's end.
  instruct: {
    routePrompt: instruct.routePrompt,
    sqlPrompt: instruct.sqlPrompt,
    repairPrompt: instruct.repairPrompt,
    route: { maxTokens: 512 },
    stop: ends,
  },
};

export const sqlPrompts = (config: Config): SqlPrompts => styles[styleOf(config, config.MODEL_ID)];
