import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { signalAll } from '../../../fixtures/stack/family.ts';
import type { OwnedAs } from '../../../fixtures/stack/lease/rundir.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** From the runner's end to the host's, in seconds: a host that works needs three at the most. */
const patienceSeconds = 10;

/**
 * A shell waits, because it takes a millisecond and a megabyte, and becomes Node only where there is something to do:
 * when its standard input, a pipe from the host, ends without a word. Another one waits for the end of the runner (a
 * pipe from there is descriptor 3), and kills a host that outlives it: one that loops or is frozen notices nothing.
 */
const wait = `trap '' INT TERM HUP QUIT
host=$1; shift
{ read -r word <&3; exec 3<&-; sleep ${patienceSeconds}; kill -KILL "$host"; } & watcher=$!
exec 3<&-
read -r word && exit
exec "$@" "$watcher"`;
/** The same without a pipe from the runner. */
const waitForHost = `trap '' INT TERM HUP QUIT; shift; read -r word && exit; exec "$@"`;

export interface Warden {
  /** Nothing is left to end: it ends without doing anything. */
  release(): void;
}

/**
 * Starts the process that ends everything this one has started, when this one ends, however it ends. It reads the run's
 * records, so a process that is started has only to be recorded.
 *
 * @param own called with its pid
 * @param tie descriptor of a pipe from the runner, which nobody else reads
 */
export function startWarden(runDir: string, own: (pid: number, as: OwnedAs) => void, tie?: number): Warden {
  let released = false;
  let release = (): void => undefined;
  const start = (): void => {
    const node = [process.execPath, main, runDir];
    // Without a POSIX shell Node waits itself.
    const script = tie === undefined ? waitForHost : wait;
    const shell = ['/bin/sh', '-c', script, 'warden', String(process.pid), ...node];
    const [command = '', ...args] = process.platform === 'win32' ? node : shell;
    // In a session of its own: a signal to the run's process group must not end the one that cleans up after it.
    const child = spawn(command, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore', tie ?? 'ignore'] });
    child.stdin?.on('error', () => {});
    // Without one the next run's sweep is the only net.
    child.on('error', () => {});
    if (child.pid === undefined) return;
    own(child.pid, 'warden');
    // The shell that watches the runner is in its group, and goes with it.
    const killAll = (): void => killGroup(child);
    child.once('exit', () => {
      killAll();
      if (!released) start();
    });
    release = () => {
      released = true;
      // It may be stopped, and has nothing to finish.
      killAll();
    };
    child.unref();
  };
  start();
  return { release: () => release() };
}

function killGroup(leader: ChildProcess): void {
  if (process.platform === 'win32') leader.kill('SIGKILL');
  else if (leader.pid !== undefined) signalAll([-leader.pid], 'SIGKILL');
}
