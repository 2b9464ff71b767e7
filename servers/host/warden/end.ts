import fs from 'node:fs';
import path from 'node:path';
import { descendantsOf, signalAll } from '../../../fixtures/stack/family.ts';
import { sharedMemoryDir, tempDir } from '../../../fixtures/stack/lease/rundir.ts';
import { placeVariable } from '../../../fixtures/stack/postgres/place.ts';

/** Kills processes and whatever they have started; a frozen one hears that, too. */
export function endAll(pids: readonly number[]): void {
  if (pids.length > 0) signalAll(descendantsOf(pids), 'SIGKILL');
}

/**
 * Processes in whose environment the run's temp folder stands, or a folder of one of its servers: whoever their parent
 * is by now, and whether or not somebody came to write them down. Linux only; elsewhere what was written down has to do.
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
    // It ended meanwhile, or is somebody else's.
    return '';
  }
}
