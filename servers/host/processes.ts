import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { inSources } from '../../fixtures/stack/bundle/traces.ts';
import type { Processes } from '../../fixtures/stack/provider.ts';
import { createLogRing, type LogRing } from '../../fixtures/stack/ring.ts';
import { listening } from './listening.ts';

interface Owned {
  label: string;
  child: ChildProcess;
  logs: LogRing;
  exited: Promise<number | null>;
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
    owned.child.kill(signal);
    // A stopped process handles the signal only once it continues.
    owned.child.kill('SIGCONT');
    const killer = setTimeout(() => owned.child.kill('SIGKILL'), graceMs);
    const code = await owned.exited;
    clearTimeout(killer);
    return code;
  };

  return {
    async spawn(options) {
      // Nothing would end it.
      if (ending) throw new Error(`${options.label} was not started: the stack host is ending.`);
      const start = performance.now();
      const child = spawn(options.command ?? process.execPath, options.args, {
        env: { ...inherited(), ...env, ...options.env, ...precise(options.env) },
        stdio: ['ignore', 'pipe', 'pipe'],
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
      running.set(pid, { label: options.label, child, logs: ring, exited });
      void exited.then(() => running.delete(pid));
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
    signal: (pid, signal) => running.get(pid)?.child.kill(signal) ?? false,
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
