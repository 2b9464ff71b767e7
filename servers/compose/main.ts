// Runs a service of a Compose file as a command runs: in the foreground, until it is told to stop, and with nothing left
// afterwards. Usage: node main.ts <order, as JSON>
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { composeCommand } from '../../fixtures/stack/docker/compose-command.ts';
import type { ComposeOrder } from '../../fixtures/target/command/compose.ts';
import { projectOf } from './project.ts';

const order = JSON.parse(process.argv[2] ?? '') as ComposeOrder;
const compose = composeCommand();
if (!compose)
  fail(
    'Neither `docker compose` nor docker-compose is here: install the Compose plugin of Docker, or write a `command`.',
  );

const runId = process.env['PLUMBLINE_CONTAINERS'] ?? 'none';
const name = `plumbline-${runId}-${process.pid}`.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compose-'));
const file = path.join(folder, 'compose.yaml');
// The paths in the file start at the folder of the first of the user's files.
const base = path.dirname(order.files[0] as string);

let child: ChildProcess | undefined;
let stopping = false;
// Compose is in this process group, and gets the signal as well.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopping = true;
  });

const configured = run(...order.files.flatMap((each) => ['--file', each]), 'config');
if (configured.status !== 0) fail(`Compose does not accept ${order.files.join(', ')}: ${configured.stderr.trim()}`);
try {
  fs.writeFileSync(file, projectOf(configured.stdout, order, process.env, runId), { mode: 0o600 });
} catch (error) {
  fail((error as Error).message);
}
let code = 0;
if (!stopping) {
  const [command, ...args] = ours('up', '--abort-on-container-exit', '--exit-code-from', order.service);
  child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: base });
  [code] = (await once(child, 'exit')) as [number];
}
run(...ours('down', '--volumes', '--remove-orphans', '--timeout', '0').slice(compose.length));
fs.rmSync(folder, { recursive: true, force: true });
process.exit(stopping ? 0 : (code ?? 1));

function ours(...args: string[]): [string, ...string[]] {
  return [
    ...(compose as [string, ...string[]]),
    '--project-name',
    name,
    '--project-directory',
    base,
    '--file',
    file,
    ...args,
  ];
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const [command, ...before] = compose as [string, ...string[]];
  // In a group of its own: a signal that ends the run must not end what cleans up after it.
  return spawnSync(command, [...before, ...args], { encoding: 'utf8', cwd: base, maxBuffer: 64 << 20 });
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
