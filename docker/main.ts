// Brings the deployment of docker/compose.yaml up or down. Usage: node docker/main.ts up|down|config [compose file…]
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { composeCommand } from '../fixtures/stack/docker/compose-command.ts';

const here = import.meta.dirname;
const secretsFile = path.join(here, '.env');
const targetFile = path.join(here, 'target.env');
/** A first model may have to be fetched, and a database to be seeded. */
const patienceMs = Number(process.env['PLUMBLINE_BOOT_TIMEOUT_MS'] ?? 300_000);

const [verb = '', ...named] = process.argv.slice(2);
const gpu = process.env['MODEL_DEVICE'] === 'cuda' ? ['compose.gpu.yaml'] : [];
const files = ['compose.yaml', ...gpu, ...named].map((name) => path.resolve(here, name));
const compose = [
  ...(composeCommand() ??
    fail('Neither `docker compose` nor docker-compose is here: install the Compose plugin of Docker.')),
  '--project-name',
  'plumbline',
  ...files.flatMap((file) => ['--file', file]),
];

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(...args: string[]): void {
  const [command, ...rest] = [...compose, ...args] as [string, ...string[]];
  const { status } = spawnSync(command, rest, { stdio: 'inherit', cwd: here });
  if (status !== 0) process.exit(status ?? 1);
}

/** Made once, for this checkout alone; known to nobody else, and in no file that is committed. */
function secrets(): Record<string, string> {
  if (!fs.existsSync(secretsFile)) {
    const names = ['POSTGRES_PASSWORD', 'ROLE_PASSWORD', 'JWT_SECRET', 'ADMIN_PASSWORD'];
    const lines = names.map((name) => `${name}=${randomBytes(24).toString('base64url')}`);
    fs.writeFileSync(secretsFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
  const lines = fs.readFileSync(secretsFile, 'utf8').split('\n');
  return Object.fromEntries(
    lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s) as [string, string]),
  );
}

/** What the suites are told, so that they verify this deployment, and judge its SQL on the databases behind it. */
function targetSettings(): Record<string, string> {
  const { ROLE_PASSWORD, ADMIN_PASSWORD } = { ...secrets(), ...process.env };
  const port = (name: string, usual: number) => process.env[name] ?? String(usual);
  const reader = (name: string) =>
    `postgres://plumbline_reader:${ROLE_PASSWORD}@127.0.0.1:${port('POSTGRES_PORT', 55_432)}/${name}`;
  return {
    TARGET_URL: `http://127.0.0.1:${port('SERVICE_PORT', 58_080)}`,
    TARGET_PROFILE: 'reference',
    TARGET_ADMIN: `${process.env['ADMIN_EMAIL'] ?? 'admin@plumbline.test'}:${ADMIN_PASSWORD}`,
    TARGET_DATABASES: JSON.stringify({ shop: reader('shop'), clinic: reader('clinic') }),
    TARGET_TRACES_URL: `http://127.0.0.1:${port('TRACES_PORT', 56_686)}`,
  };
}

/** `up --wait` is not in every Compose, so readiness is asked from here: it is what the suites will need. */
async function untilReady(url: string): Promise<void> {
  const until = Date.now() + patienceMs;
  let said = 'no answer';
  while (Date.now() < until) {
    said = await fetch(`${url}/ready`).then(
      async (response) => (response.ok ? '' : `${response.status} ${(await response.text()).slice(0, 300)}`),
      (error: Error) => String(error.cause ?? error),
    );
    if (said === '') return;
    await delay(500);
  }
  execFileSync(compose[0] as string, [...compose.slice(1), 'ps'], { stdio: 'inherit', cwd: here });
  fail(`The service at ${url} was not ready after ${patienceMs} ms (${said}): look at its log (docker logs).`);
}

if (verb === 'up') {
  secrets();
  run('up', '--detach', ...(process.env['SERVICE_IMAGE'] ? ['--no-build'] : ['--build']));
  const settings = targetSettings();
  await untilReady(settings['TARGET_URL'] as string);
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'`);
  fs.writeFileSync(targetFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  process.stdout.write(
    `Ready at ${settings['TARGET_URL']}. The suites against it:\n  set -a; . docker/target.env; set +a; npm run journey\n`,
  );
} else if (verb === 'down') {
  secrets();
  run('down', '--volumes', '--remove-orphans');
  fs.rmSync(targetFile, { force: true });
} else if (verb === 'config') {
  secrets();
  run('config', '--quiet');
} else fail('usage: node docker/main.ts up|down|config [compose file…]');
