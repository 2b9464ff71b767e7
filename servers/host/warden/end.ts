import fs from 'node:fs';
import path from 'node:path';
import { descendantsOf, signalAll } from '../../../fixtures/stack/family.ts';
import { sharedMemoryDir, tempDir } from '../../../fixtures/stack/lease/rundir.ts';
import { placeVariable } from '../../../fixtures/stack/postgres/place.ts';

/** Kills processes and all that they have started, stopped ones included. */
export function endAll(pids: readonly number[]): void {
  if (pids.length > 0) signalAll(descendantsOf(pids), 'SIGKILL');
}

/**
 * Processes whose environment names the run's temp folder, or a folder of one of its servers, whatever their parent is by
 * now and whether or not they were recorded. Linux only; elsewhere only recorded processes are found.
 */
export function markedBy(runDir: string, mark: 'temp' | 'place'): number[] {
  if (process.platform !== 'linux') return [];
  const marks = mark === 'temp' ? [`TMPDIR=${tempDir(runDir)}\0`] : placesOf(runDir);
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => marks.some((text) => environmentOf(pid).includes(`\0${text}`)))
    .map(Number);
}

const placesOf = (runDir: string): string[] =>
  [runDir, sharedMemoryDir(runDir)].map((dir) => `${placeVariable}=${dir}${path.sep}`);

function environmentOf(pid: string): string {
  try {
    return `\0${fs.readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
  } catch {
    // It ended meanwhile, or belongs to another user.
    return '';
  }
}
