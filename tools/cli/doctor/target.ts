import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';
import type { Config } from '../../../fixtures/config/index.ts';
import { table } from '../../../fixtures/evidence/table.ts';
import { requirementList } from '../../../fixtures/spec/requirements.ts';
import { type CapabilityName, capabilityNames } from '../../../fixtures/target/profile/capabilities.ts';
import type { Profile } from '../../../fixtures/target/profile/index.ts';
import { lacking } from '../../../fixtures/target/profile/lacking.ts';
import { loadProfile } from '../../../fixtures/target/profile/load.ts';
import { CliError } from '../cli-error.ts';
import { playwright, standalone } from '../test.ts';

/** What a run can verify on a target, by its description alone: nothing is booted and nothing is asked. */
export interface TargetFinding {
  readonly profile: string;
  /** Tests and requirements of the suites: all, and those whose needs are met. */
  readonly tests: Share;
  readonly requirements: Share;
  /** What is not met, with what it alone keeps from running; most first. */
  readonly missing: readonly Missing[];
}

interface Share {
  readonly all: number;
  readonly possible: number;
}

interface Missing {
  readonly need: string;
  /** What to add, as the skipped tests say it. */
  readonly reason: string;
  /** Tests for which nothing else is missing, and the requirements that they would add. */
  readonly tests: number;
  readonly requirements: number;
}

interface ListedTest {
  readonly requirements: readonly string[];
  readonly needs: readonly string[];
}

/**
 * Looks through the list of tests for what the target in TARGET_PROFILE has.
 *
 * @throws a CliError when the description cannot be loaded or the tests cannot be listed
 */
export async function lookAtTarget(config: Config): Promise<TargetFinding> {
  const profile = await loadProfile(config.TARGET_PROFILE).catch((error: Error) => {
    throw new CliError(error.message);
  });
  // A part of a capability that is missing altogether is not missing by itself.
  const whole = (need: string): string => {
    const [name = need] = need.split('.');
    return name !== need && isCapability(name) && !profile.has(name) ? name : need;
  };
  const tests = listTests().map((test) => ({
    ...test,
    missing: together([...new Set(test.needs.filter((need) => lacking(need, profile, config)).map(whole))]),
  }));
  const possible = tests.filter(({ missing }) => missing.length === 0);
  const proven = new Set(possible.flatMap(({ requirements }) => requirements));
  const alone = Map.groupBy(
    tests.filter(({ missing }) => missing.length === 1),
    ({ missing }) => missing[0] as string,
  );
  const missing = [...alone].map(([need, kept]): Missing => {
    const added = new Set(kept.flatMap(({ requirements }) => requirements).filter((id) => !proven.has(id)));
    return { need, reason: remedyFor(need, profile, config), tests: kept.length, requirements: added.size };
  });
  return {
    profile: config.TARGET_PROFILE,
    tests: { all: tests.length, possible: possible.length },
    requirements: { all: requirementList.length, possible: proven.size },
    missing: missing.sort((a, b) => b.requirements - a.requirements || b.tests - a.tests),
  };
}

/** Settings that one test turns at once are missing as one thing, because each alone would unlock nothing. */
function together(missing: readonly string[]): string[] {
  const settings = missing.filter((need) => need.startsWith('settings.')).toSorted();
  return [
    ...missing.filter((need) => !settings.includes(need)),
    ...(settings.length > 0 ? [settings.join(separator)] : []),
  ];
}

const separator = ' + ';

const isCapability = (name: string): name is CapabilityName => (capabilityNames as readonly string[]).includes(name);

function remedyFor(need: string, profile: Profile, config: Config): string {
  const all = need.split(separator);
  if (all.length > 1)
    return all
      .map((one) => remedyFor(one, profile, config).replace(/^settings\..*?: /, ''))
      .join('; ')
      .replaceAll(` to the description of "${profile.name}"`, '');
  const [name = '', part] = need.split('.');
  const described = !isCapability(name) ? 'no' : !profile.has(name) ? 'all' : part === undefined ? 'no' : 'part';
  if (described === 'all') return `capability ${name}: add ${name}: { paths: … } if the service has it`;
  if (described === 'part')
    return `part of ${name}: take ${part} out of ${name}.lacks, or add it to ${name}.has or ${name}.response`;
  return lacking(need, profile, config)?.replace(/^needs /, '') ?? '';
}

const suites = ['journey', 'streaming', 'resilience', 'performance'];

/** Every test of Plumbline's suites. */
function listTests(): ListedTest[] {
  const args = [
    'test',
    '--config',
    standalone,
    '--list',
    '--reporter=json',
    ...suites.map((name) => `--project=${name}`),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [playwright(), ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: '' },
  });
  if (status !== 0)
    throw new CliError(
      `The tests cannot be listed: ${reasonIn(stdout) ?? stderr.trim().split('\n').at(-1) ?? 'no reason was given'}`,
    );
  return (JSON.parse(stdout) as JSONReport).suites.flatMap(testsIn);
}

/** What kept Playwright from loading the specs, in its report. */
function reasonIn(stdout: string): string | undefined {
  try {
    return (JSON.parse(stdout) as JSONReport).errors[0]?.message?.split('\n')[0];
  } catch {
    return undefined;
  }
}

const testsIn = ({ specs, suites = [] }: JSONReportSuite): ListedTest[] => [
  ...specs.flatMap(({ tests }) =>
    tests.map(({ annotations }) => {
      const of = (type: string) =>
        annotations.flatMap((one) => (one.type === type && one.description ? [one.description] : []));
      return { requirements: of('requirement'), needs: of('needs') };
    }),
  ),
  ...suites.flatMap(testsIn),
];

const mostLines = 20;

/** The finding for a terminal. */
export function describeTarget({ profile, tests, requirements, missing }: TargetFinding): string {
  const rows = missing
    .slice(0, mostLines)
    .map(({ reason, tests, requirements }) => [String(requirements), String(tests), reason]);
  return [
    `The target of ${path.basename(profile)}: ${possibleOf(requirements)} requirements, by ${possibleOf(tests)} tests.`,
    '',
    ...(rows.length > 0
      ? [
          'What would unlock more, each by itself:',
          table([['requirements', 'tests', 'what is missing'], ...rows]),
          ...(missing.length > mostLines ? [`  and ${missing.length - mostLines} more; all with --json`] : []),
        ]
      : ['Nothing is missing.']),
    '',
  ].join('\n');
}

const possibleOf = ({ all, possible }: Share): string => `${possible} of ${all}`;
