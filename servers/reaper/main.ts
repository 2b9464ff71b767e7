// Removes a run's containers when the run's host is gone, however it went: its standard input ends then.
// Testcontainers' own reaper (Ryuk) does as much where its image can be had. Usage: node main.ts <run id>
import { setTimeout as delay } from 'node:timers/promises';
import { removeContainers } from '../../fixtures/stack/docker/sweep.ts';

/** A container that was being created when the host died appears a moment later. */
const lateMs = 3_000;
const lookMs = 200;

const runId = process.argv[2];
if (!runId) throw new Error('usage: node main.ts <run id>');

// Ctrl-C in a terminal reaches everybody; the host ends things in order, and only its end is ours.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

let received = '';
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  received += text;
});
process.stdin.once('end', async () => {
  const until = Date.now() + (received === '' ? lateMs : 0);
  do {
    await removeContainers(runId).catch(() => 0);
    if (Date.now() < until) await delay(lookMs);
  } while (Date.now() < until);
  process.exit(0);
});
