import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { frozenWatch, lookMs, whyFrozen } from '../../fixtures/stack/family.ts';
import { removeRun } from '../../fixtures/stack/lease/rundir.ts';
import { within } from '../../fixtures/text/within.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const logLines = 50;
/** In bytes. */
const longestTail = 32_768;

/** Playwright gives workers 30 s to end when their runner has ended; a killed run ends sooner. */
const orphanedWorkerMs = 5_000;

const remedy = 'raise PLUMBLINE_BOOT_TIMEOUT_MS if this machine is slow';
/** Where the host has the pipe from its runner that its warden is to watch. */
const tie = 3;

type HostEnd = [code: number | null, signal: NodeJS.Signals | null];

export interface StartedHost {
  host: ChildProcess;
  exited: Promise<HostEnd>;
  /** The last lines of its log; still there when its folder is not. */
  log(): string;
}

/**
 * Starts the run's stack host and waits until it listens.
 *
 * @param say called every few seconds until it is up
 * @param env on top of this process's own
 * @throws where it ends before, with its signal or code and its last log lines, or takes longer than `timeoutMs`
 */
export async function startHost(
  runDir: string,
  timeoutMs: number,
  say: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedHost> {
  process.env['PWTEST_FORCE_EXIT_TIMEOUT'] ??= String(orphanedWorkerMs);
  const file = path.join(runDir, 'host.log');
  const errors = fs.openSync(file, 'a');
  // Detached: Ctrl-C in the terminal must reach the runner only, and the host ends things in order.
  // It has two pipes from us, which end with us: one for itself, and one that it hands to its warden unread. A shell
  // watches that one; without one (Windows) nobody would.
  const watched = process.platform !== 'win32';
  const host = spawn(process.execPath, [main, runDir, ...(watched ? [String(tie)] : [])], {
    detached: true,
    stdio: ['pipe', 'pipe', errors, ...(watched ? ['pipe' as const] : [])],
    env: { ...process.env, ...env },
  });
  fs.closeSync(errors);
  for (const pipe of [host.stdin, host.stdio[tie]]) pipe?.on('error', () => {});
  const log = logReader(file);
  const exited = once(host, 'exit') as Promise<HostEnd>;
  let why = '';
  const kill = (reason: string): void => {
    why ||= reason;
    host.kill('SIGKILL');
  };
  const isStuck = frozenWatch();
  const looker = setInterval(() => isStuck(host.pid as number) && kill(whyFrozen), lookMs);
  // Ctrl-C ends us while we wait, and a frozen host would not notice.
  const abandon = (): void => {
    host.kill('SIGKILL');
    removeRun(runDir);
  };
  process.once('exit', abandon);
  const ready = once(host.stdout as NodeJS.ReadableStream, 'data').then(() => undefined);
  const end = await within(Promise.race([ready, exited]), {
    what: 'the stack host to start',
    ms: timeoutMs,
    remedy,
    say,
    giveUp: () => kill(`, because it took longer than ${timeoutMs} ms: ${remedy}`),
  });
  clearInterval(looker);
  process.off('exit', abandon);
  if (end) {
    removeRun(runDir);
    throw hostError(`The stack host ${howEnded(end)} before it was ready${why}.`, log);
  }
  host.stdout?.destroy();
  // Open as long as we are, and no reason to stay.
  for (const pipe of [host.stdin, host.stdio[tie]]) (pipe as Socket | undefined)?.unref();
  host.unref();
  return { host, exited, log };
}

export const howEnded = ([code, signal]: HostEnd): string =>
  signal ? `was ended by ${signal}` : `ended with code ${code}`;

/** An error without a stack: the host's last log lines matter, not where the harness noticed. */
export function hostError(what: string, log: () => string): Error {
  const error = new Error(`${what} Its last log lines:\n${log()}`);
  error.stack = error.message;
  return error;
}

/** Reads the end of a file, whether or not it still has a name. */
function logReader(file: string): () => string {
  const log = fs.openSync(file, 'r');
  return () => {
    const { size } = fs.fstatSync(log);
    const tail = Buffer.alloc(Math.min(size, longestTail));
    fs.readSync(log, tail, 0, tail.length, size - tail.length);
    return tail.toString().trimEnd().split('\n').slice(-logLines).join('\n') || '(none)';
  };
}
