import fs from 'node:fs';
import path from 'node:path';
import { ledgerOf } from '../../support/ledger.ts';
import type { Run } from './runs.ts';

/** Everything of a run that is still there: processes, folders, shared memory and sockets, each in a line. */
export function leftOf(run: Run, runDir: string | undefined, pids: readonly number[]): string[] {
  const none = { processes: [], folders: [], sharedMemory: [] };
  const { processes, folders, sharedMemory } = runDir ? ledgerOf(runDir, pids) : none;
  return [
    ...processes.map((line) => `process ${line}`),
    ...processesWith(run.temp).map((line) => `process ${line}`),
    ...folders.map((dir) => `folder ${dir}`),
    ...inTemp(run.temp).map((dir) => `folder ${dir}`),
    ...sharedMemory.map((line) => `segment ${line.trim()}`),
    ...sockets(run.temp, runDir).map((name) => `socket ${name}`),
  ];
}

/** The folder of all runs may stay, empty. */
function inTemp(temp: string): string[] {
  return fs.readdirSync(temp).flatMap((name) => {
    const dir = path.join(temp, name);
    return /^plumbline-\d+$/.test(name) ? fs.readdirSync(dir).map((run) => path.join(dir, run)) : [dir];
  });
}

/** Those that were started within the run, whoever their parent is now: its temp folder stands in their environment. */
function processesWith(temp: string): string[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const mine = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').includes(temp);
        return mine
          ? [`${pid} ${fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 160)}`]
          : [];
      } catch {
        return [];
      }
    });
}

function sockets(temp: string, runDir: string | undefined): string[] {
  const name = runDir ? path.basename(runDir) : temp;
  return fs
    .readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/)[7] ?? '')
    .filter((socket) => socket.includes(temp) || socket.includes(`plumbline-${name}/`));
}
