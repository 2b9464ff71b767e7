// Ends what is left of a run whose host is gone: killed outright, or because its runner went first. Its standard input
// is a pipe from the host, and ends with it. Usage: node main.ts <run dir> [pid of what watched the runner]
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { sharedMemoryDir } from '../../../fixtures/stack/lease/memory.ts';
import { livingOwned, sweepRun } from '../../../fixtures/stack/lease/rundir.ts';
import { endAll, markedBy } from './end.ts';

/** Postgres's watcher removes its own memory and folders, and Playwright's workers write their results: both get this long. */
const graceMs = 5_000;
const pollMs = 50;

const [, , runDir, watcher] = process.argv;
if (!runDir) throw new Error('usage: node main.ts <run dir>');
// The host is gone: nobody is to be killed by its number any more.
if (watcher !== undefined) endAll([Number(watcher)]);

// Ctrl-C in a terminal reaches every process; this one acts only on the host's end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

let received = '';
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  received += text;
});
process.stdin.once('end', async () => {
  if (received === '') await clear(runDir);
  process.exit(0);
});

async function clear(dir: string): Promise<void> {
  // Twice: a process that was being started when the host died is not recorded, but its environment is marked.
  for (let round = 0; round < 2; round++) {
    endAll([...livingOwned(dir, 'process'), ...markedBy(dir, 'temp')]);
    await until(() => livingOwned(dir, 'process').length === 0);
  }
  const watched = () => livingOwned(dir, 'watched');
  await until(() => watched().length === 0 && !fs.existsSync(sharedMemoryDir(dir)));
  endAll([...watched(), ...markedBy(dir, 'place')]);
  const orphans = () => (livingOwned(dir, 'runner').length > 0 ? [] : livingOwned(dir, 'worker'));
  await until(() => orphans().length === 0);
  endAll(orphans());
  await sweepRun(dir, () => {});
}

async function until(done: () => boolean): Promise<void> {
  const began = performance.now();
  while (!done() && performance.now() - began < graceMs) await delay(pollMs);
}
