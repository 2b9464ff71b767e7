import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, type TestInfo } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { type RunningInline, startInline } from './inline-run.ts';
import { ledgerOf, nothing, ownedBy, ownTemp, pidsOf, runDirOf } from './ledger.ts';

/** What an inline test does at its end, to be found at work: nothing, for ever. */
export const forever = 'await new Promise(() => setInterval(() => {}, 1000));';

/** What an inline test does when everything is as its watcher wants it. */
export const mark = 'fs.writeFileSync(process.env.MARK, process.env.PLUMBLINE_RUN_DIR);';

/** An inline run in the middle of its only test. */
interface Held {
  run: RunningInline;
  runner: number;
  runDir: string;
  /** Every process that it has had until now, ended ones included. */
  pids: number[];
}

const temps: string[] = [];
process.once('exit', () => {
  for (const folder of temps) fs.rmSync(folder, { recursive: true, force: true });
});

/** A path that no socket fits below, and that is spelled differently in a URL. */
const awkward = `é ü #1 100%25 ${'deep-'.repeat(16)}`;

/**
 * The environment of a run with a temp folder of its own: what is found in it afterwards is what that run left, and no
 * other run sweeps there. The folder goes with this process.
 */
export function ownTempFolder(kind: 'plain' | 'awkward' = 'plain'): Record<string, string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), kind === 'awkward' ? `${ownTemp}${awkward}` : ownTemp));
  temps.push(folder);
  // Postgres may run under a user of its own.
  fs.chmodSync(folder, 0o711);
  return {
    TMPDIR: folder,
    PLUMBLINE_CACHE_DIR: loadConfig().PLUMBLINE_CACHE_DIR,
    PWTEST_CACHE_DIR: path.join(os.tmpdir(), `playwright-transform-cache-${process.geteuid?.()}`),
  };
}

/** Starts a run and waits until its test has written its mark; throws what it printed where it ended before. */
export async function hold(testInfo: TestInfo, spec: string, env = ownTempFolder()): Promise<Held> {
  const file = testInfo.outputPath('mark');
  const run = await startInline(testInfo, { 'hold.spec.ts': spec }, { env: { ...env, MARK: file } });
  const runner = run.child.pid as number;
  let ended = false;
  void run.ended.then(() => (ended = true));
  const pids = new Set<number>();
  await expect
    .poll(
      () => {
        // While it runs: what was started and killed again is on the list, too.
        const dir = runDirOf(runner);
        for (const pid of dir ? ownedBy(dir) : []) pids.add(pid);
        return ended || fs.existsSync(file);
      },
      { message: 'the inline run is where it should be', timeout: 75_000 },
    )
    .toBe(true);
  if (!fs.existsSync(file)) throw new Error(`The inline run ended early:\n${(await run.ended).stdout}`);
  const runDir = fs.readFileSync(file, 'utf8');
  return { run, runner, runDir, pids: [...new Set([...pids, ...pidsOf(runDir), ...ownedBy(runDir)])] };
}

/** Waits, so many milliseconds, until nothing of a run is left that did not end by itself. */
export const expectNothingLeft = (runDir: string, pids: number[], within = 15_000): Promise<void> =>
  expect
    .poll(() => ledgerOf(runDir, pids), { message: 'nothing of the run is left', timeout: within })
    .toEqual(nothing);
