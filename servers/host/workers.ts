import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { familyOf } from '../../fixtures/stack/family.ts';

/** Distinguishes Playwright's workers from other children of a runner. */
const entry = 'workerProcessEntry';

/** The workers that a runner of Playwright has now. */
export function workersOf(runner: number): number[] {
  if (process.platform === 'win32') return [];
  return process.platform === 'linux' ? childrenOnLinux(runner) : childrenByPs(runner);
}

function childrenOnLinux(runner: number): number[] {
  return childrenOf(runner).filter(isWorker);
}

/** Linux lists children itself, unless its kernel was built without that. */
function childrenOf(pid: number): number[] {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return familyOf(pid).slice(1);
  }
}

function isWorker(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(entry);
  } catch {
    // It ended meanwhile.
    return false;
  }
}

function childrenByPs(runner: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent, ...args]) => parent === String(runner) && args.join(' ').includes(entry))
    .map(([pid]) => Number(pid));
}
