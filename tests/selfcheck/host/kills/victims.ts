import fs from 'node:fs';
import path from 'node:path';
import { hostOf, ownedBy, runDirOf, wardensOf, workersOf } from '../../support/ledger.ts';
import type { Run } from './runs.ts';

/** Whom a signal is for. `child` is any process that the stack host has started; of them one is drawn. */
export const kinds = ['runner', 'worker', 'host', 'child'] as const;
export type Kind = (typeof kinds)[number];

export interface Victim {
  pid: number;
  /** Its script or program. */
  what: string;
}

/** Those of a kind that live now. @param program what their script or program has in its name; default: any */
export function victimsOf(kind: Kind, run: Run, program = ''): Victim[] {
  return pidsOf(kind, run.pid).flatMap((pid) => {
    const what = programOf(pid);
    return what?.includes(program) ? [{ pid, what }] : [];
  });
}

function pidsOf(kind: Kind, runner: number): number[] {
  if (kind === 'runner') return [runner];
  // A process that is forked and not yet started is none of them, and whoever forked it stands still with it.
  if (kind === 'worker') return workersOf(runner).filter((pid) => argumentsOf(pid).some((word) => entry.test(word)));
  const host = hostOf(runner);
  if (kind === 'host') return host === undefined ? [] : [host];
  const runDir = runDirOf(runner);
  if (runDir === undefined) return [];
  return [...ownedBy(runDir), ...wardensOf(runDir)];
}

const entry = /workerProcessEntry/;

function argumentsOf(pid: number): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

function programOf(pid: number): string | undefined {
  try {
    if (/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))) return undefined;
    const words = argumentsOf(pid);
    const script = words.find((word) => word.endsWith('main.ts'));
    return script ? script.split('/').slice(-3).join('/') : path.basename(words[0] ?? '').split(' ')[0];
  } catch {
    return undefined;
  }
}
