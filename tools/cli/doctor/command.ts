import { loadConfig } from '../../../fixtures/config/index.ts';
import { table } from '../../../fixtures/evidence/table.ts';
import { misplaced } from '../../../fixtures/stack/misplaced.ts';
import { unusable } from '../../../fixtures/text/user-error.ts';
import { CliError } from '../cli-error.ts';
import { version } from '../version.ts';
import type { Finding } from './finding.ts';
import { lookAtMachine } from './machine.ts';
import { type RoleFinding, rolesOf } from './roles.ts';
import { describeTarget, lookAtTarget } from './target.ts';

interface DoctorOptions {
  readonly json?: true;
  /** Look at the target instead of the machine: the one in TARGET_PROFILE, or the description at this path. */
  readonly target?: true | string;
}

/** Prints what this machine has and what a run would use; exits with 1 where a run cannot be. */
export async function doctor({ json, target }: DoctorOptions): Promise<void> {
  if (typeof target === 'string') process.env['TARGET_PROFILE'] = target;
  const config = configOf();
  if (target !== undefined) {
    const finding = await lookAtTarget(config);
    process.stdout.write(json ? `${JSON.stringify(finding, null, 2)}\n` : describeTarget(finding));
    return;
  }
  const machine = await lookAtMachine(config.PLUMBLINE_CACHE_DIR);
  const roles = await rolesOf(config);
  // Packages from npm are needed only by a role whose provider is embedded, and reported there.
  const ready = roles.every(({ usable }) => usable) && fatal(machine).length === 0;
  if (json) process.stdout.write(`${JSON.stringify({ version, ready, machine, roles }, null, 2)}\n`);
  else process.stdout.write(report(ready, machine, roles));
  process.exitCode = ready ? 0 : 1;
}

function configOf() {
  try {
    const config = loadConfig();
    const problems = misplaced(config);
    if (problems.length > 0) throw unusable(problems);
    return config;
  } catch (error) {
    throw new CliError((error as Error).message);
  }
}

const fatal = (machine: readonly Finding[]): Finding[] =>
  machine.filter(({ name, state }) => state === 'lacking' && ['Node', 'disk', 'cache folder'].includes(name));

function report(ready: boolean, machine: readonly Finding[], roles: readonly RoleFinding[]): string {
  const mark = { there: 'ok', absent: '–', lacking: 'MISSING' } as const;
  const found = table([
    ['this machine', '', ''],
    ...machine.map(({ name, state, detail }) => [name, mark[state], detail]),
  ]);
  const used = table([
    ['a run would use', '', ''],
    ...roles.map(({ role, provider, reason, usable }) => [role, usable ? provider : `${provider}: NOT USABLE`, reason]),
  ]);
  const problems = roles.flatMap(({ role, problem }) => (problem ? [`  ${role}: ${problem}`] : []));
  const remedies = machine.flatMap(({ name, remedy }) => (remedy ? [[`  ${name}`, remedy]] : []));
  const width = Math.max(0, ...remedies.map(([name = '']) => name.length));
  return [
    `Plumbline ${version}\n`,
    found,
    '',
    used,
    ...(problems.length > 0 ? ['\nWhat stops a run:', ...problems] : []),
    ...(remedies.length > 0
      ? ['\nHow to get what is missing:', ...remedies.map(([name = '', remedy]) => `${name.padEnd(width)}  ${remedy}`)]
      : []),
    ready ? '\nReady: npx plumbline test --project=journey\n' : '\nNot ready: a run would end with the errors above.\n',
  ].join('\n');
}
