import fs from 'node:fs';
import path from 'node:path';
import { socketRoots } from '../../../fixtures/stack/lease/sockets.ts';

/** Everything on this machine that belongs to one run. Empty lists are what a run that ended must leave. */
export interface Ledger {
  processes: string[];
  folders: string[];
  /** System V shared memory segments: Postgres makes one, and a killed one leaves it. */
  sharedMemory: string[];
}

/** How the name of a temp folder begins that is one run's alone. */
export const ownTemp = 'plumbline-temp-';

export const nothing: Ledger = { processes: [], folders: [], sharedMemory: [] };

/**
 * Looks for what belongs to the run: processes whose arguments or environment name its folder, those given, its
 * folders, what else is in a temp folder of its own, and shared memory made by the processes given. Linux only: it
 * reads /proc.
 *
 * @param pids processes that belonged to the run while it ran
 */
export function ledgerOf(runDir: string, pids: readonly number[] = []): Ledger {
  const name = path.basename(runDir);
  return {
    processes: processesNaming(name, pids).map(({ pid, args }) => `${pid} ${args.slice(0, 200)}`),
    folders: [...foldersOf(runDir).filter((dir) => fs.existsSync(dir)), ...leftInTemp(runDir)],
    sharedMemory: sharedMemoryOf(pids),
  };
}

/** Its own, that of its Postgres in memory, and where its sockets are when they do not fit into its own. */
function foldersOf(runDir: string): string[] {
  const name = path.basename(runDir);
  return [runDir, `/dev/shm/plumbline-${name}`, ...socketRoots().map((root) => path.join(root, name))];
}

/** What is in the run's temp folder besides the folder of all runs; a temp folder that others use tells nothing. */
function leftInTemp(runDir: string): string[] {
  const [runs, temp] = [path.dirname(runDir), path.dirname(path.dirname(runDir))];
  if (!path.basename(temp).startsWith(ownTemp)) return [];
  return fs
    .readdirSync(temp)
    .map((name) => path.join(temp, name))
    .filter((entry) => entry !== runs);
}

/** The processes of a run, the runner's workers included. */
export const pidsOf = (runDir: string): number[] => processesNaming(path.basename(runDir)).map(({ pid }) => pid);

/** The folder of the run that this runner started, once its stack host runs. */
export function runDirOf(runnerPid: number): string | undefined {
  for (const pid of allPids()) {
    const args = read(pid, 'cmdline').split('\0');
    if (args[1]?.endsWith('servers/host/main.ts') && parentOf(pid) === runnerPid) return args[2];
  }
  return undefined;
}

/** Workers of a runner: what it forked that is not the stack host. */
export const workersOf = (runnerPid: number): number[] =>
  allPids().filter((pid) => parentOf(pid) === runnerPid && !read(pid, 'cmdline').includes('servers/host/main.ts'));

export const hostOf = (runnerPid: number): number | undefined =>
  allPids().find((pid) => parentOf(pid) === runnerPid && read(pid, 'cmdline').includes('servers/host/main.ts'));

/** Processes that the run wrote down so far: those that its host has started, and no other. */
export const ownedBy = (runDir: string): number[] => writtenDown(runDir, 'process', 'watched');

/** The processes that end what a host leaves: one, and another where that was killed. */
export const wardensOf = (runDir: string): number[] => writtenDown(runDir, 'warden');

function writtenDown(runDir: string, ...kinds: string[]): number[] {
  try {
    const lines = fs.readFileSync(path.join(runDir, 'owned.jsonl'), 'utf8').split('\n').filter(Boolean);
    const all = lines.map((line) => JSON.parse(line) as { pid: number; as: string });
    return all.filter(({ as }) => kinds.includes(as)).map(({ pid }) => pid);
  } catch {
    return [];
  }
}

function processesNaming(name: string, also: readonly number[] = []): { pid: number; args: string }[] {
  return allPids()
    .map((pid) => ({ pid, args: read(pid, 'cmdline').replaceAll('\0', ' '), environment: read(pid, 'environ') }))
    .filter(
      ({ pid, args, environment }) => args.includes(name) || environment.includes(name) || (also.includes(pid) && args),
    );
}

function sharedMemoryOf(pids: readonly number[]): string[] {
  const [, ...rows] = fs.readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
  return rows.filter((row) => pids.includes(Number(row.trim().split(/\s+/)[4])));
}

const allPids = (): number[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map(Number);

const parentOf = (pid: number): number => Number(read(pid, 'stat').split(') ').at(-1)?.split(' ')[1]);

function read(pid: number, file: 'cmdline' | 'environ' | 'stat'): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
