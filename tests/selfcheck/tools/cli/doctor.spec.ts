import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type TestInfo, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { settle } from '../../../../fixtures/stack/registry.ts';
import { cacheFolder } from '../../../../tools/cli/doctor/cache-folder.ts';
import { rolesOf } from '../../../../tools/cli/doctor/roles.ts';
import type { TargetFinding } from '../../../../tools/cli/doctor/target.ts';
import { plumbline } from '../../support/cli.ts';
import { deadUrl, serve } from '../../support/http-servers.ts';

interface Report {
  readonly ready: boolean;
  readonly machine: { name: string; state: string; detail: string; remedy?: string }[];
  readonly roles: { role: string; provider: string; reason: string; usable: boolean; problem?: string }[];
}

async function doctor(env: Record<string, string> = {}): Promise<{ code: number; output: string; report: Report }> {
  const { code, stdout, stderr } = await plumbline(['doctor', '--json'], { env });
  return { code, output: stdout + stderr, report: JSON.parse(stdout) as Report };
}

const of = ({ roles }: Report, role: string) => roles.find((one) => one.role === role);

test(
  'plumbline doctor finds this machine ready, with the provider of every role and the reason',
  requirement('STACK-07'),
  async () => {
    const { code, report } = await doctor();
    expect(report).toMatchObject({ ready: true });
    expect(code).toBe(0);
    expect(report.machine.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Node',
        'cores',
        'memory',
        'Docker',
        'GPU',
        'chromium',
        'llama-server',
        'cache server',
        'mysql server',
      ]),
    );
    expect(report.roles.map(({ role }) => role)).toEqual(['postgres', 'model', 'vectors', 'cache', 'mysql', 'target']);
    for (const { reason, provider } of report.roles) expect(`${provider}: ${reason}`).toMatch(/^\w+: .{10}/);
  },
);

test('the text of plumbline doctor ends with the next command', async () => {
  const { code, stdout } = await plumbline(['doctor']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}a run would use/m);
  expect(stdout).toMatch(/Ready: npx plumbline test --project=journey\n$/);
});

test('plumbline doctor names what is missing with the command that installs it', async ({}, testInfo) => {
  const { code, report } = await doctor({ PATH: emptyFolder(testInfo) });
  expect(code, 'nothing of it stops a run').toBe(0);
  const cache = report.machine.find(({ name }) => name === 'cache server');
  expect(cache).toMatchObject({
    state: 'absent',
    detail: expect.stringMatching(/^not on PATH: valkey-server, redis-server; not verified without it: .*RES-01/),
  });
  expect(cache?.remedy).toMatch(/install redis-server|install valkey/);
  expect(of(report, 'cache')).toMatchObject({ provider: 'none', usable: true });
  expect(report.machine.find(({ name }) => name === 'mysql server')?.remedy).toMatch(/install mariadb/);
  expect(of(report, 'mysql')).toMatchObject({ provider: 'none', usable: true });
});

test(
  'plumbline doctor names an unwritable cache folder with its setting, stays ready, and leaves the folder unchanged',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const file = path.join(emptyFolder(testInfo), 'file');
    fs.writeFileSync(file, '');
    const places = [file, path.join(file, 'below'), ...(process.platform === 'linux' ? ['/proc/plumbline'] : [])];
    for (const dir of places) {
      const { code, report } = await doctor({ PLUMBLINE_CACHE_DIR: dir });
      expect(code, 'a run goes on without').toBe(0);
      expect(report.machine.find(({ name }) => name === 'cache folder')).toEqual({
        name: 'cache folder',
        state: 'absent',
        detail: expect.stringMatching(
          new RegExp(`^PLUMBLINE_CACHE_DIR: ${dir} (is not a folder|cannot be made).*: nothing is stored there`),
        ),
        remedy: 'set PLUMBLINE_CACHE_DIR to a folder that this user can write to',
      });
    }
    expect(fs.readFileSync(file, 'utf8')).toBe('');
  },
);

test('plumbline doctor reports a cache folder that does not exist yet, and does not make it', async ({}, testInfo) => {
  const dir = path.join(emptyFolder(testInfo), 'a', 'b');
  const { code, report } = await doctor({ PLUMBLINE_CACHE_DIR: dir });
  expect(code).toBe(0);
  expect(report.machine.find(({ name }) => name === 'cache folder')).toEqual({
    name: 'cache folder',
    state: 'there',
    detail: `${dir}, which is not there yet: the first run makes it`,
  });
  expect(fs.readdirSync(path.dirname(path.dirname(dir)))).toEqual([]);
});

for (const [code, why] of [
  ['ENOSPC', 'has no space left'],
  ['EDQUOT', "has reached this user's quota"],
  ['EROFS', 'is read-only'],
  ['EACCES', 'may not be written to by this user'],
] as const)
  test(`plumbline doctor reports of a cache folder in which writing fails with ${code} that it ${why}`, ({}, testInfo) => {
    const dir = emptyFolder(testInfo);
    const refuse = () => {
      throw Object.assign(new Error(code), { code });
    };
    const { state, detail } = cacheFolder(dir, refuse);
    expect(state).toBe('absent');
    expect(detail).toContain(`PLUMBLINE_CACHE_DIR: ${dir} ${why} (${code})`);
    expect(cacheFolder(dir)).toEqual({ name: 'cache folder', state: 'there', detail: dir });
    expect(fs.readdirSync(dir)).toEqual([]);
  });

test(
  'plumbline doctor reports a dependency that does not answer as not usable, without its password',
  requirement('STACK-07'),
  async () => {
    const url = new URL(await deadUrl());
    const { code, output, report } = await doctor({ DATABASE_URL: `postgres://me:hunter2@${url.host}/x` });
    expect(code).toBe(1);
    expect(report.ready).toBe(false);
    expect(of(report, 'postgres')).toMatchObject({
      provider: 'external',
      usable: false,
      problem: `DATABASE_URL: nothing answers at ${url.host} (ECONNREFUSED): start that server, correct DATABASE_URL, or unset it`,
    });
    expect(output).not.toContain('hunter2');
  },
);

test(
  'plumbline doctor fails for PLUMBLINE_CACHE=binary without a cache server on PATH',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const { code, report } = await doctor({ PLUMBLINE_CACHE: 'binary', PATH: emptyFolder(testInfo) });
    expect(code).toBe(1);
    expect(of(report, 'cache')?.problem).toMatch(/^no redis-server or valkey-server is on PATH: install one/);
  },
);

test('plumbline doctor fails for PLUMBLINE_STACK=docker without a Docker daemon', requirement('STACK-07'), async () => {
  // A Docker daemon would be found whatever the environment is, so the probe's answer is given here.
  const absence = { problem: 'no Docker daemon answers', remedy: 'start Docker' };
  const config = loadConfig({ PLUMBLINE_STACK: 'docker' });
  const roles = await rolesOf(config, (role) => settle(config, role, 'all', async () => absence));
  expect(roles.find(({ role }) => role === 'postgres')).toEqual({
    role: 'postgres',
    provider: 'docker',
    reason: 'PLUMBLINE_STACK=docker',
    usable: false,
    problem: 'no Docker daemon answers: start Docker',
  });
});

test(
  'plumbline doctor fails for PLUMBLINE_MODEL=binary without llama-server on PATH',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const { code, report } = await doctor({ PLUMBLINE_MODEL: 'binary', PATH: emptyFolder(testInfo) });
    expect(code).toBe(1);
    expect(of(report, 'model')?.problem).toMatch(
      /^llama-server is not on PATH: install llama\.cpp, or set LLAMA_SERVER_BIN/,
    );
  },
);

test('plumbline doctor checks nothing but an attached target, with its API key', requirement('STACK-08'), async () => {
  await using guarded = await serve((_, response) => void response.writeHead(401).end('{}'));
  const { code, output, report } = await doctor({ TARGET_URL: guarded.url, TARGET_API_KEY: 'doctor-key-1' });
  expect(code).toBe(1);
  expect(report.roles).toHaveLength(1);
  expect(report.roles[0]?.problem).toMatch(/refuses the API key \(401 to GET \/v1\/models\): correct TARGET_API_KEY/);
  expect(output).not.toContain('doctor-key-1');
});

test('plumbline doctor reports a bad setting with the setting’s own error', requirement('STACK-07'), async () => {
  const { code, stderr } = await plumbline(['doctor'], { env: { MODEL_DEVICE: 'gpu' } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^plumbline: Plumbline's settings are not usable:\n {2}- MODEL_DEVICE="gpu" is not allowed/);
});

for (const [what, args, message] of [
  ['command of plumbline', ['docter'], "unknown command 'docter'\n(Did you mean doctor?)"],
  ['flag of plumbline doctor', ['doctor', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
  [
    'flag of plumbline init',
    ['init', 'http://127.0.0.1:9', '--forse'],
    "unknown option '--forse'\n(Did you mean --force?)",
  ],
] as const)
  test(`a misspelt ${what} is refused with the nearest right one`, async () => {
    const { code, stderr } = await plumbline(args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

test('plumbline --help names every command and the first steps', async () => {
  const { code, stdout } = await plumbline(['--help']);
  expect(code).toBe(0);
  for (const word of ['doctor', 'init', 'test', 'TARGET_API_KEY', 'show-report']) expect(stdout).toContain(word);
});

test(
  'plumbline on an old Node ends with the version that it needs and how to install it',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    // The check must run on the old Node itself, so this Node reports an old version.
    const preload = path.join(emptyFolder(testInfo), 'old-node.cjs');
    fs.writeFileSync(
      preload,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });",
    );
    const { code, stderr } = await plumbline(['doctor'], {
      env: { NODE_OPTIONS: `--require=${JSON.stringify(preload)}` },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('plumbline needs Node 24 or newer; this is 20.1.0');
    expect(stderr).toContain('npm install --save-dev node@24');
  },
);

function emptyFolder(testInfo: TestInfo): string {
  const folder = testInfo.outputPath('empty');
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

test(
  'doctor --target says what a description can verify, and which line would unlock how much more',
  requirement('OWN-01', 'OWN-04', 'STACK-07'),
  async () => {
    test.setTimeout(90_000);
    const path = fileURLToPath(new URL('../../../targets/text-to-sql/plumbline.target.ts', import.meta.url));
    const { code, stdout, stderr } = await plumbline(['doctor', '--target', path, '--json']);
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as TargetFinding;
    expect(found.tests.possible).toBeGreaterThan(20);
    expect(found.tests.possible).toBeLessThan(found.tests.all / 10);
    const chat = found.missing.find(({ need }) => need === 'chat');
    expect(chat?.reason).toBe('capability chat: add chat: { paths: … } if the service has it');
    expect(chat?.requirements).toBeGreaterThan(20);
    // Two settings that one test turns are one line: each alone would unlock nothing.
    const limit = found.missing.find(({ need }) => need === 'settings.rate limit + settings.rate limit window');
    expect(limit?.tests).toBeGreaterThan(0);
    expect(limit?.reason).toBe(
      "add `settings['rate limit']`: the variable that sets how many requests of one caller are answered in a window; " +
        "add `settings['rate limit window']`: the variable that sets how long a window of the rate limit is",
    );
    const wrong = await plumbline(['doctor', '--target', './nowhere.ts']);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'plumbline: TARGET_PROFILE=./nowhere.ts: there is no such file. Correct the path.\n',
    ]);
  },
);
