import path from 'node:path';
import { descendantsOf, processesWith, signalAll } from '../../../fixtures/stack/family.ts';
import { placeVariable, sharedMemoryDir } from '../../../fixtures/stack/lease/memory.ts';
import { tempDir } from '../../../fixtures/stack/lease/rundir.ts';

/** Kills processes and all that they have started, stopped ones included. */
export function endAll(pids: readonly number[]): void {
  if (pids.length === 0) return;
  // One that is stopped starts nothing between the look at its descendants and its end.
  signalAll(pids, 'SIGSTOP');
  signalAll(descendantsOf(pids), 'SIGKILL');
}

/**
 * Processes whose environment names the run's temp folder, or a folder of one of its servers, whatever their parent is by
 * now and whether or not they were recorded. Linux only; elsewhere only recorded processes are found.
 */
export const markedBy = (runDir: string, mark: 'temp' | 'place'): number[] =>
  processesWith(mark === 'temp' ? [`TMPDIR=${tempDir(runDir)}\0`] : placesOf(runDir));

const placesOf = (runDir: string): string[] =>
  [runDir, sharedMemoryDir(runDir)].map((dir) => `${placeVariable}=${dir}${path.sep}`);
