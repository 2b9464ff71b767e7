import path from 'node:path';
import type { PlaywrightTestConfig, Project, ReporterDescription } from '@playwright/test';
import { distance } from 'fastest-levenshtein';
import { loadConfig } from '../fixtures/config/index.ts';
import { guard } from '../fixtures/evidence/gate/run.ts';
import type { Budgets } from '../fixtures/spec/budgets.ts';
import { needsStack } from '../fixtures/stack/ahead.ts';
import { suggest } from '../fixtures/text/suggest.ts';
import { unusable } from '../fixtures/text/user-error.ts';
import { applySettings, type GivenSettings } from './given.ts';
import { journey } from './journey.ts';
import { performance } from './performance.ts';
import { resilience } from './resilience.ts';
import { requireNode, requireOnePlaywright } from './runtime.ts';
import { streaming } from './streaming.ts';
import { forWork, mostWorkers } from './workers.ts';

export { defineTarget } from '../fixtures/target/profile/index.ts';

/** In the order in which they begin: one that keeps the processors busy runs beside one that mostly waits. */
const suites = { journey, resilience, streaming, performance } as const;

/** One of the suites that Plumbline brings. */
export type Suite = keyof typeof suites;

/** Playwright's configuration, and Plumbline's part of it. */
export interface PlumblineConfig extends PlaywrightTestConfig {
  /** Which of Plumbline's own suites run, each as a project of its name. Default: all four. */
  suites?: readonly Suite[];
  /** What the service has and where: `openai`, `reference`, or the path of a file that exports a profile. */
  profile?: string;
  /** Settings by the names of their variables; the environment and `.env` win. Keys and passwords come from there only. */
  settings?: GivenSettings;
  /** Service-level objectives that differ from Plumbline's; PLUMBLINE_BUDGETS wins. */
  budgets?: Partial<Budgets>;
}

/** Where `tests/` and `fixtures/` are: the checkout, or the compiled part of the package. An old Node does not know it. */
const home = (): string => path.resolve(import.meta.dirname, '..');
const own = (file: string): string => path.join(home(), `${file}${path.extname(import.meta.filename)}`);

/** Reporters that Plumbline adds to any others. */
const reporters = ['latency', 'smoke', 'resilience', 'model', 'requirements', 'questions', 'not-verified', 'failures'];

/**
 * A Playwright configuration with Plumbline's suites, reporters and set-up in it. Specs of your own are the project
 * `specs`, when `testDir` says where they are; further `projects` are kept as they are.
 *
 * @throws one error with every bad setting, before anything starts
 */
export function definePlumbline(config: PlumblineConfig = {}): PlaywrightTestConfig {
  const { suites: wanted, profile, settings, budgets, projects = [], reporter, globalSetup, ...rest } = config;
  // Before anything can be said: a worker loads this too, and the runner prints what does not load.
  guard();
  requireNode();
  requireOnePlaywright();
  refuseMisspelt(rest, wanted);
  applySettings({ ...settings, ...(profile === undefined ? {} : { TARGET_PROFILE: profile }) }, budgets ?? {});
  // A bad setting stops the run here, before any process starts.
  loadConfig();
  return {
    outputDir: 'test-results',
    // The most of any suite; each suite says how many of them it takes.
    workers: mostWorkers,
    // A shared machine may stand still for seconds: limits are for what hangs, and only a red test waits for them.
    timeout: 60_000,
    expect: { timeout: 10_000 },
    forbidOnly: Boolean(process.env['CI']),
    ...rest,
    projects: [
      ...(config.testDir === undefined ? [] : [{ name: 'specs', fullyParallel: true, ...forWork }]),
      ...(wanted ?? (Object.keys(suites) as Suite[])).map((name) => suiteNamed(name, rest.workers !== undefined)),
      ...projects,
    ],
    globalSetup: [own('fixtures/evidence/gate/setup'), own('servers/host/setup'), ...[globalSetup ?? []].flat()],
    reporter: [
      // First of all: it takes the secrets out of what the others are given.
      [own('fixtures/reporters/secrets')],
      // Before the HTML report, which has the page that it attaches.
      [own('fixtures/reporters/performance')],
      ...(listed(reporter) ?? [['list'], ['html', { open: 'never' }]]),
      ...reporters.map((name): ReporterDescription => [own(`fixtures/reporters/${name}`)]),
    ],
  };
}

/** @param free the configuration says how many workers there are: a suite that may share takes as many */
function suiteNamed(name: Suite, free: boolean): Project {
  const { workers, ...suite }: Project = suites[name];
  const most = workers === undefined || (free && suite.fullyParallel) ? {} : { workers };
  return { ...suite, ...most, testDir: path.join(home(), suite.testDir as string), metadata: { [needsStack]: true } };
}

const options = ['suites', 'profile', 'settings', 'budgets'];
/** Playwright's own are nowhere near. */
const most = 2;

/** Playwright takes no offence at an option that it does not know: what is misspelt would be left out without a word. */
function refuseMisspelt(rest: object, wanted: readonly string[] | undefined): void {
  const problems = [
    ...Object.keys(rest)
      .filter((name) => options.some((option) => distance(name.toLowerCase(), option) <= most))
      .map((name) => `${name} is not an option of definePlumbline. ${suggest(name.toLowerCase(), options)}`),
    ...(wanted ?? [])
      .filter((name) => !Object.hasOwn(suites, name))
      .map((name) => `suites: there is no "${name}". ${suggest(name, Object.keys(suites))}`),
  ];
  if (problems.length > 0) throw unusable(problems, 'The configuration file is');
}

const listed = (reporter: PlaywrightTestConfig['reporter']): ReporterDescription[] | undefined =>
  typeof reporter === 'string' ? [[reporter]] : (reporter as ReporterDescription[] | undefined);
