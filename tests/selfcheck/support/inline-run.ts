import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';
import type { JSONReport } from '@playwright/test/reporter';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');

export interface InlineRun {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Absent when the run ended before it reported. */
  report: JSONReport | undefined;
}

export interface RunningInline {
  child: ChildProcess;
  /** Resolves when the run is over, however it ended. */
  ended: Promise<InlineRun>;
}

/** One spec of an inline run, as text; `$fixtures` stands for the harness's index, `$root/` for this project. */
export type InlineFiles = Record<string, string>;

/**
 * Starts Playwright, with this project's fixtures and set-up, on specs written here: how the harness tests itself.
 * The run is a run of its own: its own stack host, its own Postgres, its own folder. A `preamble` stands in its
 * configuration, and so runs in its runner.
 */
export async function startInline(
  testInfo: TestInfo,
  files: InlineFiles,
  options: { env?: Record<string, string>; args?: string[]; preamble?: string } = {},
): Promise<RunningInline> {
  const dir = testInfo.outputPath(`inline-${Math.random().toString(36).slice(2, 8)}`);
  await fs.mkdir(path.join(dir, 'specs'), { recursive: true });
  // The folder may stand anywhere (`--output`): it says itself that its files are modules.
  await fs.writeFile(path.join(dir, 'package.json'), '{ "type": "module" }');
  const specifier = (file: string) => JSON.stringify(path.join(root, file));
  await fs.writeFile(
    path.join(dir, 'playwright.config.ts'),
    `${options.preamble ?? ''}
import { loadConfig } from ${specifier('fixtures/config/index.ts')};
loadConfig();
export default {
  testDir: './specs', outputDir: './results', workers: 1, timeout: 30_000,
  globalSetup: ${specifier('servers/host/setup.ts')},
  reporter: [['json', { outputFile: 'report.json' }]],
};\n`,
  );
  for (const [name, text] of Object.entries(files))
    await fs.writeFile(
      path.join(dir, 'specs', name),
      text.replaceAll("'$fixtures'", specifier('fixtures/index.ts')).replaceAll('$root/', root),
    );

  return start(['--config', dir, ...(options.args ?? [])], {
    cwd: dir,
    report: path.join(dir, 'report.json'),
    env: options.env,
  });
}

/** Runs this project's own suites, as `npx playwright test <args>` does, to the end. */
export async function runProject(
  testInfo: TestInfo,
  args: string[],
  env: Record<string, string> = {},
): Promise<InlineRun> {
  const report = testInfo.outputPath('report.json');
  const quiet = ['--reporter=json', `--output=${testInfo.outputPath('results')}`];
  return start([...args, ...quiet], { cwd: root, report, env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...env } }).ended;
}

/** Runs Playwright in a folder that has a configuration of its own, to the end. */
export async function runFolder(
  folder: string,
  args: string[] = [],
  env: Record<string, string> = {},
  playwright = cli,
): Promise<InlineRun> {
  const report = path.join(folder, 'report.json');
  const all = { PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...env };
  return start([...args, '--reporter=json'], { cwd: folder, report, env: all, playwright }).ended;
}

/** Runs Playwright in a folder with the reporters of its configuration, to the end. */
export async function runConfigured(folder: string, args: string[], env: Record<string, string>): Promise<InlineRun> {
  return start(args, { cwd: folder, report: path.join(folder, 'report.json'), env }).ended;
}

function start(
  args: string[],
  {
    cwd,
    report,
    env,
    playwright = cli,
  }: { cwd: string; report: string; env: Record<string, string> | undefined; playwright?: string },
): RunningInline {
  const child = spawn(process.execPath, [playwright, 'test', ...args], {
    cwd,
    env: { ...ownRunEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that a test can send Ctrl-C to all of it as a terminal does.
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(async ([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
    report: await readReport(report),
  }));
  return { child, ended };
}

/** Runs inline specs to the end. */
export async function runInline(...args: Parameters<typeof startInline>): Promise<InlineRun> {
  const { ended } = await startInline(...args);
  return ended;
}

/** Every test of a report with its final status and errors. */
export function outcomes(run: InlineRun): { title: string; status: string; errors: string[]; annotations: string[] }[] {
  const all: ReturnType<typeof outcomes> = [];
  const visit = (suite: JSONReport['suites'][number]): void => {
    for (const spec of suite.specs)
      for (const test of spec.tests)
        all.push({
          title: spec.title,
          status: test.results.at(-1)?.status ?? 'none',
          errors: test.results.flatMap((result) => result.errors.map((error) => strip(error.message ?? ''))),
          annotations: test.annotations.map((annotation) => `${annotation.type}: ${annotation.description ?? ''}`),
        });
    for (const inner of suite.suites ?? []) visit(inner);
  };
  for (const suite of run.report?.suites ?? []) visit(suite);
  return all;
}

/** This process's environment without what ties it to the run that it is part of. */
function ownRunEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(PLUMBLINE_RUN_(DIR|KEY)|TEST_|PW_|PLAYWRIGHT_|NODE_OPTIONS|FORCE_COLOR|CI$)/.test(name),
  );
  return { ...(Object.fromEntries(own) as Record<string, string>), FORCE_COLOR: '0' };
}

const strip = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, '');

async function readReport(file: string): Promise<JSONReport | undefined> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as JSONReport;
  } catch {
    return undefined;
  }
}
