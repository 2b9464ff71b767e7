import type { ChildProcess } from 'node:child_process';
import { frozenWatch, lookMs, signalAll, whyFrozen } from '../../fixtures/stack/family.ts';
import { recordOwned } from '../../fixtures/stack/lease/rundir.ts';
import { hostError, howEnded } from './start.ts';
import { workersOf } from './workers.ts';

/**
 * From SIGINT until workers are killed, in milliseconds: Playwright 1.65 waits for a worker as long as it shows life,
 * and for five minutes where it does not.
 */
const stopMs = { inOrder: 30_000, withoutHost: 5_000 } as const;

const chaseMs = 250;
const hungUpMs = 250;

export interface Steward {
  /** To be called when the host has closed its connection. */
  hungUp(): void;
  /** From now on the host's end is expected. */
  release(): void;
  /** The host's untimely end; undefined while it runs. */
  lost(): Error | undefined;
}

interface Options {
  host: ChildProcess;
  runDir: string;
  /** The last lines of the host's log, together. */
  log(): string;
  say(line: string): void;
}

/**
 * Watches a run from within its runner: a run whose host has ended ends, and no worker of Playwright's that hangs or is
 * stopped keeps it from ending.
 */
export function startSteward({ host, runDir, log, say }: Options): Steward {
  let lost: Error | undefined;
  let released = false;
  let why = '';
  const known = new Set<number>();

  const stopWorkersWithin = (ms: number): void => {
    const stopping = workersOf(process.pid);
    // Playwright makes a worker's folder first and then its process: a worker that it stopped in between never got the
    // message, has no test, and waits for one for ever.
    const chase = setInterval(
      () =>
        signalAll(
          workersOf(process.pid).filter((pid) => !stopping.includes(pid)),
          'SIGKILL',
        ),
      chaseMs,
    ).unref();
    setTimeout(() => {
      clearInterval(chase);
      const left = workersOf(process.pid);
      if (left.length === 0 || released) return;
      say(`killed ${count(left.length, 'worker')} that did not stop within ${ms / 1_000} s: ${left.join(', ')}`);
      signalAll(left, 'SIGKILL');
    }, ms).unref();
  };
  let stopping = false;
  let hung = false;
  const interrupted = (): void => {
    stopping = true;
    stopWorkersWithin(stopMs.inOrder);
  };
  process.once('SIGINT', interrupted);

  const interrupt = (): void => {
    process.off('SIGINT', interrupted);
    // As Ctrl-C does it: what runs is interrupted, and every reporter writes what it has. Not a signal, which on
    // Windows kills; and not a second time, which would interrupt what ends the run.
    if (!stopping) process.emit('SIGINT', 'SIGINT');
    stopping = true;
    stopWorkersWithin(stopMs.withoutHost);
  };
  const endRun = (how: string, hint = ''): void => {
    if (lost || (released && !hung)) return;
    const what = `The stack host of this run (pid ${host.pid}) ${how}, and with it everything that the tests need: the run ends.`;
    lost = hostError(`${what}${hint}`, log);
    say(`${what}${hint}`);
    if (!hung) interrupt();
  };
  host.once('exit', (code, signal) => {
    clearInterval(timer);
    const hint = signal === 'SIGKILL' && !why ? ' Out of memory looks like this; fewer workers need less.' : '';
    endRun(`${howEnded([code, signal])}${why}`, hint);
  });

  const isStuck = frozenWatch();
  const record = (pid: number): void => {
    known.add(pid);
    try {
      recordOwned(runDir, pid, 'worker');
    } catch {
      // The host is ending, and has removed its folder.
    }
  };
  const timer = setInterval(() => {
    for (const pid of workersOf(process.pid)) {
      if (!known.has(pid)) record(pid);
      if (!isStuck(pid)) continue;
      say(`killed worker ${pid}: it was stopped (SIGSTOP) and nothing continued it`);
      signalAll([pid], 'SIGKILL');
    }
    if (host.pid !== undefined && !lost && isStuck(host.pid)) {
      why = whyFrozen;
      host.kill('SIGKILL');
    }
  }, lookMs).unref();

  // A second Ctrl-C ends us before we could end it, and a stopped host would not notice; its warden does.
  process.once('exit', () => host.exitCode === null && host.signalCode === null && host.kill('SIGKILL'));

  return {
    hungUp() {
      if (released || lost) return;
      hung = true;
      interrupt();
      // It ends everything else before itself; where it has ended already, its exit explains more.
      setTimeout(() => endRun('is ending'), hungUpMs).unref();
    },
    release() {
      released = true;
      process.off('SIGINT', interrupted);
    },
    lost: () => lost,
  };
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
