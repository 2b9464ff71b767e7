import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OwnedAs } from '../../../fixtures/stack/lease/rundir.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * A shell waits, because it takes a millisecond and a megabyte, and becomes Node only where there is something to do:
 * when its standard input ends without a line.
 */
const wait = `trap '' INT TERM HUP QUIT; read -r word && exit; exec "$@"`;

export interface Warden {
  /** Nothing is left to end: it ends without doing anything. */
  release(): void;
}

/**
 * Starts the process that ends everything this one has started, when this one ends, however it ends. It reads the run's
 * records, so a process that is started has only to be recorded.
 *
 * @param own called with its pid
 */
export function startWarden(runDir: string, own: (pid: number, as: OwnedAs) => void): Warden {
  let released = false;
  let release = (): void => undefined;
  const start = (): void => {
    const node = [process.execPath, main, runDir];
    // Without a POSIX shell Node waits itself.
    const [command = '', ...args] = process.platform === 'win32' ? node : ['/bin/sh', '-c', wait, 'warden', ...node];
    // In a session of its own: a signal to the run's process group must not end the one that cleans up after it.
    const child = spawn(command, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.on('error', () => {});
    // Without one the next run's sweep is the only net.
    child.on('error', () => {});
    if (child.pid === undefined) return;
    own(child.pid, 'warden');
    child.once('exit', () => !released && start());
    release = () => {
      released = true;
      // It may be stopped, and has nothing to finish.
      child.kill('SIGKILL');
    };
    child.unref();
  };
  start();
  return { release: () => release() };
}
