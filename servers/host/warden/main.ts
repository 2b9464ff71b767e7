// Ends what is left of a run whose host is gone: killed outright, or because its runner went first. Its standard input
// is a pipe from the host, and ends with it. Usage: node main.ts <run dir> [pid of what watched the runner]
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { livingOwned, sharedMemoryDir, sweepRun } from '../../../fixtures/stack/lease/rundir.ts';
import { endAll, markedBy } from './end.ts';

/** Postgres's watcher knows of memory and folders that nobody else does; Playwright's workers write what they saw. */
const patienceMs = 5_000;
const pollMs = 50;

const [, , runDir, watcher] = process.argv;
if (!runDir) throw new Error('usage: node main.ts <run dir>');
// The host is gone: nobody is to be killed by its number any more.
if (watcher !== undefined) endAll([Number(watcher)]);

// Ctrl-C in a terminal reaches everybody; only the host's end is ours.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

let said = '';
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  said += text;
});
process.stdin.once('end', async () => {
  if (said === '') await clear(runDir);
  process.exit(0);
});

async function clear(dir: string): Promise<void> {
  // Twice: what was just being started when the host died is written down by nobody, and marked all the same.
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
  while (!done() && performance.now() - began < patienceMs) await delay(pollMs);
}
