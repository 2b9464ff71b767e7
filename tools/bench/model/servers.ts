import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Server = {
  name: string;
  url: string;
  /** Processor time of the server so far, in milliseconds; NaN where there is no /proc. */
  cpuMs(): number;
  stop(): Promise<void>;
};
export type ServerShape = { model: string; threads: number; slots: number; context: number };

const bootMs = 30_000;

/** The embedded server, with the same file, threads, slots and context as the other. */
export function ours({ model, threads, slots, context }: ServerShape): Promise<Server> {
  const main = fileURLToPath(new URL('../../../servers/model/main.ts', import.meta.url));
  const args = [
    '--model',
    `m=${model}`,
    '--device',
    'cpu',
    '--threads',
    threads,
    '--slots',
    slots,
    '--context',
    context,
  ];
  const child = spawn(process.execPath, [main, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  return ready('plumbline', child, /"url":"([^"]+)"/);
}

/** llama.cpp's own server. Its log goes to stderr and says which port it got. */
export function theirs(binary: string, { model, threads, slots, context }: ServerShape): Promise<Server> {
  const args = [
    '-m',
    model,
    '-t',
    threads,
    '-tb',
    threads,
    '-np',
    slots,
    '-c',
    context * slots,
    '--port',
    0,
    '--no-webui',
    '-lv',
    4,
  ];
  const child = spawn(binary, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
  return ready('llama-server', child, /listening on (http:\/\/[\d.]+:\d+)/);
}

async function ready(name: string, child: ChildProcess, line: RegExp): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let seen = '';
  const listen = (chunk: string): void => {
    seen = (seen + chunk).slice(-20_000);
    const url = line.exec(seen)?.[1];
    if (url) resolve(url);
  };
  child.stdout?.setEncoding('utf8').on('data', listen);
  child.stderr?.setEncoding('utf8').on('data', listen);
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`${name} exited with ${code}:\n${seen.slice(-3000)}`)));
  const timer = setTimeout(
    () => reject(new Error(`${name} was not listening after ${bootMs} ms:\n${seen.slice(-3000)}`)),
    bootMs,
  );
  try {
    const url = await promise;
    return {
      name,
      url,
      cpuMs: () => cpuMs(child.pid),
      async stop() {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** User and system time, which Linux counts in hundredths of a second. */
function cpuMs(pid: number | undefined): number {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return Number.NaN;
  const fields = readFileSync(stat, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
