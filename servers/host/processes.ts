import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { settings } from '../../fixtures/config/settings.ts';
import { inSources } from '../../fixtures/stack/bundle/traces.ts';
import type { Processes } from '../../fixtures/stack/provider.ts';
import { createLogRing, type LogRing } from '../../fixtures/stack/ring.ts';
import { listening } from './listening.ts';

interface Owned {
  label: string;
  child: ChildProcess;
  logs: LogRing;
  exited: Promise<number | null>;
  /** Leads a process group of its own, which gets its signals. */
  foreign: boolean;
}

/**
 * @param own called with each pid before anything waits on it
 * @param env variables of every child, which its own `env` overrides
 */
export function createProcesses(own: (pid: number) => void, env: Readonly<Record<string, string>>): Processes {
  const running = new Map<number, Owned>();
  // Logs outlive their process: they explain its end.
  const logs = new Map<string, LogRing>();
  let ending = false;

  const stop: Processes['stop'] = async (pid, signal = 'SIGTERM', graceMs = 5_000) => {
    const owned = running.get(pid);
    if (!owned) return null;
    send(owned, signal);
    // A stopped process handles the signal only once it continues.
    send(owned, 'SIGCONT');
    const killer = setTimeout(() => send(owned, 'SIGKILL'), graceMs);
    const code = await owned.exited;
    clearTimeout(killer);
    return code;
  };

  return {
    async spawn(options) {
      // Nothing would end it.
      if (ending) throw new Error(`${options.label} was not started: the stack host is ending.`);
      const start = performance.now();
      const { foreign = false } = options;
      const child = spawn(options.command ?? process.execPath, options.args, {
        env: { ...(foreign ? ofUser() : inherited()), ...env, ...options.env, ...precise(options.env) },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(foreign ? { detached: true, shell: options.args.length === 0 } : {}),
      });
      if (child.pid === undefined) {
        const [error] = (await once(child, 'error')) as [Error];
        throw new Error(`${options.label} could not be started: ${error.message}`);
      }
      const { pid } = child;
      own(pid);
      // A process that is started again continues its log.
      const ring = logs.get(options.label) ?? createLogRing(500, inSources);
      logs.set(options.label, ring);
      const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      running.set(pid, { label: options.label, child, logs: ring, exited, foreign });
      void exited.then(() => {
        running.delete(pid);
        // What it started itself and left behind.
        if (foreign) signalGroup(pid, 'SIGKILL');
      });
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => ring.push(chunk));
      try {
        const url = await listening(child, ring, options);
        return { pid, url, ms: performance.now() - start };
      } catch (error) {
        await stop(pid, 'SIGKILL');
        throw error;
      }
    },
    stop,
    signal(pid, signal) {
      const owned = running.get(pid);
      return owned === undefined ? false : send(owned, signal);
    },
    async stopAll(signal, graceMs) {
      ending = true;
      await Promise.all([...running.keys()].map((pid) => stop(pid, signal, graceMs)));
    },
    logs: (label, last) => logs.get(label)?.last(last) ?? [],
    labelOf: (pid) => running.get(pid)?.label,
  };
}

/** Coverage of code out of the cache is imprecise, so a child under coverage compiles anew. */
function precise(env: Readonly<Record<string, string>>): Record<string, string> {
  return env['NODE_V8_COVERAGE'] || process.env['NODE_V8_COVERAGE'] ? { NODE_DISABLE_COMPILE_CACHE: '1' } : {};
}

/** The part of our environment that a child inherits; everything else is in its `env`. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'SystemRoot', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** The environment of the shell that started the run, without what is meant for Plumbline and its own Node processes. */
function ofUser(): Record<string, string> {
  const ours = /^(PLUMBLINE_|NODE_OPTIONS$|NODE_COMPILE_CACHE$|NODE_V8_COVERAGE$|TEST_|PW_|PLAYWRIGHT_)/;
  const isOurs = (name: string) => ours.test(name) || Object.hasOwn(settings, name);
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => !isOurs(entry[0])),
  );
}

const send = ({ child, foreign }: Owned, signal: NodeJS.Signals): boolean =>
  foreign && child.pid !== undefined ? signalGroup(child.pid, signal) : child.kill(signal);

/** Signals a process and all in its group; false where none is left. */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
