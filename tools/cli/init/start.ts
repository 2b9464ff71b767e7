import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../fixtures/stack/free-port.ts';
import { filled, placeholdersIn } from '../../../fixtures/target/description/placeholders.ts';
import type { StartInput } from '../../../fixtures/target/description/start.ts';
import { CliError } from '../cli-error.ts';

/** A service that `init` started to look at it. */
export interface StartedService extends AsyncDisposable {
  readonly url: string;
}

const readyMs = 30_000;
const pollMs = 100;
const endMs = 5_000;
const lastLines = 20;

/**
 * Starts a command as its user does: with the variables of this shell, and those of `start`, of which only the port is
 * filled in.
 *
 * @throws a CliError with its last lines when it ends or does not answer in time
 */
export async function startService({ command, env = {}, ready }: StartInput, cwd: string): Promise<StartedService> {
  const port = await freePort();
  const values = { port: String(port) };
  const others = Object.values(env)
    .flatMap(placeholdersIn)
    .filter((name) => name !== 'port');
  if (others.length > 0)
    throw new CliError(
      `--env has {${others[0]}}, which init cannot fill in: it starts the service as you do. Give a value that works here; init writes a line for the placeholder.`,
    );
  const variables = Object.entries(env).map(([name, value]) => [name, filled(value, values)]);
  const line = filled([command].flat().join(' '), values);
  const child = spawn(line, {
    cwd,
    shell: true,
    detached: true,
    env: { ...process.env, ...Object.fromEntries(variables) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-20_000);
    });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child);
  try {
    await answering(child, `${url}${typeof ready === 'string' ? ready : '/'}`);
    return { url, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    const lines = output.trimEnd().split('\n').slice(-lastLines).join('\n');
    throw new CliError(
      `"${line}" ${(error as Error).message}. It must listen on the port in PORT; where it reads another variable or argument, ` +
        `write --env NAME={port}, or {port} in the command. Its last lines:\n${lines || '(none)'}`,
    );
  }
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + readyMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`ended with ${child.signalCode ?? `exit code ${child.exitCode}`} before it answered`);
    try {
      await (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) })).body?.cancel();
      return;
    } catch {
      await delay(pollMs);
    }
  }
  throw new Error(`did not answer at ${url} within ${readyMs} ms`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const gone = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([gone, delay(endMs)]);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}
