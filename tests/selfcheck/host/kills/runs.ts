import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { ownTemp } from '../../support/ledger.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');

/** A few tests of each project, that together have every kind of process started: some ten seconds a run. */
export const projects = {
  journey: 'a first question is answered|registering creates an account',
  streaming: 'tokens per second, TTFT and inter-token gaps|equals (the|that of the) plain answer',
  resilience: 'a question whose every connection is cut|killed in mid-stream',
  performance: 'the health endpoint answers within its budget',
} as const;

/** Runs of two tests, some three seconds long, that have the stack host and nothing else, or a cache server. */
const bareRuns = { bare: '', cached: `await host.rpc.sendRequest(bootRole('cache'));` } as const;
export type ProjectName = keyof typeof projects | keyof typeof bareRuns;
export const projectNames = [...Object.keys(projects), ...Object.keys(bareRuns)] as readonly ProjectName[];

const isBare = (project: ProjectName): project is keyof typeof bareRuns => Object.hasOwn(bareRuns, project);

/** Writes such a run's configuration and spec. @returns its folder */
function bareFolder(workspace: string, project: keyof typeof bareRuns): string {
  const folder = path.join(workspace, project);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(folder);
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const module = (file: string): string => JSON.stringify(path.join(root, file));
  const files = {
    'package.json': '{ "type": "module" }',
    'playwright.config.ts': `export default { testDir: '.', workers: 1, globalSetup: ${module('servers/host/setup.ts')} };`,
    'bare.spec.ts': `import { setTimeout as delay } from 'node:timers/promises';
import { test } from '@playwright/test';
import { connectHost } from ${module('fixtures/stack/lease/client.ts')};
import { bootRole } from ${module('fixtures/stack/lease/protocol.ts')};
for (const nth of ['first', 'second'])
  test(nth, async () => {
    await using host = await connectHost('worker', nth);
    ${bareRuns[project]}
    await delay(1_500);
  });
`,
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

export interface Run {
  child: ChildProcess;
  pid: number;
  /** Of this run alone: what is found in it afterwards is what the run left. */
  temp: string;
  /** Undefined while it runs. */
  end(): { code: number | null; signal: NodeJS.Signals | null } | undefined;
  ended: Promise<void>;
  output(): string;
  /** The JSON report, where it was written. */
  report(): string | undefined;
}

/** Starts Playwright on a few tests of a project, in a process group and with a temp folder of its own. */
export function startRun(project: ProjectName, workspace: string): Run {
  const temp = fs.mkdtempSync(path.join(workspace, ownTemp));
  // Postgres may run under a user of its own.
  fs.chmodSync(temp, 0o711);
  const report = path.join(workspace, `${path.basename(temp)}.json`);
  const config = loadConfig();
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(PLUMBLINE_RUN_(DIR|KEY)|TEST_|PW_|PLAYWRIGHT_|CI$)/.test(name),
  );
  const output = path.join(workspace, `${path.basename(temp)}-results`);
  const which = isBare(project) ? [] : [`--project=${project}`, '--grep', projects[project]];
  const args = ['test', ...which, '--reporter=line,json', `--output=${output}`];
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: isBare(project) ? bareFolder(workspace, project) : root,
    env: {
      ...Object.fromEntries(own),
      FORCE_COLOR: '0',
      TMPDIR: temp,
      PLUMBLINE_CACHE_DIR: config.PLUMBLINE_CACHE_DIR,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      PWTEST_CACHE_DIR: path.join(workspace, 'transformed'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  let end: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  const ended = once(child, 'exit').then(([code, signal]) => {
    end = { code, signal };
  });
  return {
    child,
    pid: child.pid as number,
    temp,
    end: () => end,
    ended,
    output: () => text,
    report: () => (fs.existsSync(report) ? fs.readFileSync(report, 'utf8') : undefined),
  };
}
