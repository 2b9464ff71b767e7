import dotenv from 'dotenv';
import { type SettingName, settings } from '../fixtures/config/settings.ts';
import { type Budgets, budgetProblem } from '../fixtures/spec/budgets.ts';
import { shown } from '../fixtures/text/shown.ts';
import { suggest } from '../fixtures/text/suggest.ts';
import { unusable } from '../fixtures/text/user-error.ts';

type SecretName = { [K in SettingName]: true extends (typeof settings)[K]['secret'] ? K : never }[SettingName];

/** Settings as a configuration file gives them. */
export type GivenSettings = { readonly [K in Exclude<SettingName, SecretName>]?: string | number };

/**
 * Puts settings of a configuration file where the environment and `.env` say nothing. The workers and the stack host
 * are given them with the environment that they inherit.
 *
 * @throws one error with a line for each that is unknown or no text or number; for a key or a password, too: a
 * configuration file is committed
 */
export function applySettings(given: GivenSettings, budgets: Partial<Budgets>): void {
  dotenv.config({ quiet: true });
  // What is computed may turn out to be nothing: it is then not given.
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const objectives = Object.entries(budgets).filter(([, value]) => value !== undefined);
  const problems = [
    ...entries.flatMap(([name, value]) => problemOf(name, value) ?? []),
    ...objectives.flatMap(([name, value]) => {
      const problem = budgetProblem(name, value);
      return problem === undefined ? [] : [`budgets: ${problem}`];
    }),
  ];
  if (problems.length > 0) throw unusable(problems, 'The configuration file is');
  for (const [name, value] of entries) process.env[name] ||= String(value);
  const pairs = objectives.map(([name, value]) => `${name}=${value}`);
  // Of a budget that is named twice the last one counts: the environment's.
  const all = [...pairs, process.env['PLUMBLINE_BUDGETS'] ?? ''].filter(Boolean);
  if (pairs.length > 0) process.env['PLUMBLINE_BUDGETS'] = all.join(',');
}

function problemOf(name: string, value: unknown): string | undefined {
  const setting = Object.hasOwn(settings, name) ? settings[name as SettingName] : undefined;
  if (!setting) return `settings.${name} is not a setting of Plumbline. ${suggest(name, Object.keys(settings))}`;
  if (setting.secret)
    return `settings.${name}: a secret does not belong in a configuration file. Set it in the environment.`;
  if (typeof value === 'string' || typeof value === 'number') return undefined;
  return `settings.${name}=${shown(JSON.stringify(value))} is no text and no number. Allowed: ${setting.allowed}. Write it in quotes.`;
}
