import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { plumbline } from '../../support/cli.ts';
import { serve } from '../../support/http-servers.ts';
import { outcomes, runFolder } from '../../support/inline-run.ts';
import { install, type Packed, pack, typeFaults } from './example.ts';
import { missingFrom } from './imports.ts';

// All tests in one worker, which packs once.
base.describe.configure({ mode: 'default' });

const test = base.extend<{ project: string }, { packed: Packed }>({
  packed: [
    async ({}, use) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-pack-'));
      await use(await pack(folder));
      fs.rmSync(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  /** A folder outside this checkout, with the package installed. */
  project: async ({ packed }, use) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-user-'));
    await install(packed.tarball, folder);
    await use(folder);
    fs.rmSync(folder, { recursive: true });
  },
});

const spec = `import { expect, needs, test } from 'plumbline';

test('the dearest product is found', needs('sql'), async ({ sql }) => {
  const { body } = await sql.ask('What is the name of the most expensive product?');
  expect(body.confidence).toBeConfidence({ atLeast: 0.7 });
});
`;

/** Uses every export; it is compiled and not run. */
const uses = `import { defineConfig } from '@playwright/test';
import { budgets, requirement } from 'plumbline';
import { createHttpClient, createRecorder, modelClient, type SqlClient, sqlClient } from 'plumbline/clients';
import { definePlumbline, defineTarget } from 'plumbline/config';
import { expect } from 'plumbline/matchers';
import Latency from 'plumbline/reporters/latency';

const http = createHttpClient({ baseUrl: 'http://127.0.0.1:9', recorder: createRecorder() });
export const sql: SqlClient = sqlClient(http);
export const answer = async (): Promise<number | undefined> => (await sql.ask('?')).body.confidence;
export const chat = modelClient(http).chat;
export const accuracy: number = budgets['sql.accuracy'];
export const profile = defineTarget({ name: 'mine', sql: { request: { question: 'text' }, response: { sql: 'query' } } });
export const config = defineConfig(definePlumbline({ suites: ['streaming'], budgets: { 'health.p95Ms': 300 } }));
export const details = requirement('SQL-01');
export const matchers: unknown[] = [expect(0.8).toBeConfidence, Latency];
// @ts-expect-error a misspelt field does not compile
defineTarget({ name: 'mine', sql: { request: { qestion: 'text' } } });
// @ts-expect-error nor does a secret in a configuration file
definePlumbline({ settings: { TARGET_API_KEY: 'k' } });
`;

const files: Record<string, string> = {
  'package.json': '{ "private": true }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'esnext',
      strict: true,
      noEmit: true,
      types: ['node'],
      skipLibCheck: true,
    },
    include: ['*.mts', 'tests'],
  }),
  'playwright.config.ts':
    "import { definePlumbline } from 'plumbline/config';\n\nexport default definePlumbline({ testDir: './tests', suites: [] });\n",
  'tests/dearest.spec.ts': spec,
  'uses.mts': uses,
};

function write(project: string): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    fs.writeFileSync(path.join(project, name), text);
  }
}

test('the npm package is small, has every file that its code names, and none of our tests', async ({
  packed,
  project,
}, testInfo) => {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const size = `${mb(packed.size)} packed, ${mb(packed.unpackedSize)} unpacked, ${packed.files.length} files`;
  testInfo.annotations.push({ type: 'package', description: size });
  expect(packed.size, size).toBeLessThan(15e6);
  expect(missingFrom(path.join(project, 'node_modules/plumbline'))).toEqual([]);
  expect(packed.files.filter((file) => /selfcheck|\.py$|\/recipe\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
});

test(
  'a spec of five lines in another project verifies the reference service',
  requirement('STACK-08'),
  async ({ project }) => {
    test.setTimeout(180_000);
    write(project);
    const run = await runFolder(project, [], {}, path.join(project, 'node_modules/@playwright/test/cli.js'));
    expect(
      outcomes(run).map(({ title, status, errors }) => ({ title, status, errors })),
      run.stdout + run.stderr,
    ).toEqual([{ title: 'the dearest product is found', status: 'passed', errors: [] }]);
    expect(await typeFaults(project)).toBe('');
  },
);

test(
  'Plumbline’s own suites run from a folder that has only the npm package',
  requirement('STACK-08'),
  async ({ project }) => {
    test.setTimeout(180_000);
    const file = path.join(project, 'node_modules/plumbline/tools/cli/bin.js');
    const { code, stdout, stderr } = await plumbline(['test', '--project=journey', 'smoke'], { cwd: project, file });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('Smoke: 2 of 2 models answer');
    expect(fs.existsSync(path.join(project, 'test-results/requirements.json')), 'reports are in the project').toBe(
      true,
    );
    expect(fs.existsSync(path.join(project, 'playwright-report/index.html'))).toBe(true);
  },
);

test(
  '`plumbline init` writes files that import the package, and they run',
  requirement('STACK-08'),
  async ({ project }) => {
    test.setTimeout(120_000);
    // As `npm init` leaves it: its modules are CommonJS.
    fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
    await using service = await serve(({ url }, response) => {
      if (url === '/healthz') response.end('{"status":"fine"}');
      else response.writeHead(404).end();
    });
    const file = path.join(project, 'node_modules/plumbline/tools/cli/bin.js');
    const { code, stderr } = await plumbline(['init', service.url], { cwd: project, file });
    expect(code, stderr).toBe(0);
    expect(fs.readFileSync(path.join(project, 'plumbline.profile.mts'), 'utf8')).toContain("from 'plumbline/config'");
    const run = await runFolder(
      project,
      ['--project=specs'],
      {},
      path.join(project, 'node_modules/@playwright/test/cli.js'),
    );
    expect(
      outcomes(run).map(({ title, status, errors }) => ({ title, status, errors })),
      run.stdout + run.stderr,
    ).toEqual([{ title: 'the service says that it is well', status: 'passed', errors: [] }]);
  },
);

test(
  'a service of somebody else is started, asked its own questions and disturbed from the npm package alone, and a wrong condition in it turns a test red',
  requirement('OWN-11'),
  async ({ project }) => {
    test.setTimeout(300_000);
    const file = path.join(project, 'node_modules/plumbline/tools/cli/bin.js');
    const cli = (...args: string[]) => plumbline(args, { cwd: project, file, env: { TARGET_PROFILE: description } });
    const description = './plumbline.target.ts';
    fs.cpSync(salesService, project, { recursive: true });
    fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
    change(project, 'plumbline.target.ts', '../../../projects/define.ts', 'plumbline/config');

    const told = await cli('doctor', '--target', description);
    expect(told.stdout, told.stderr).toMatch(/\d+ of \d+ requirements/);
    const weak = await cli('questions', '--profile', description);
    expect(weak.stdout, weak.stderr).toContain('count-deals');

    const suites = ['test', '--project=journey', '--project=resilience', '--workers=2'];
    const green = await cli(...suites, 'own-questions', 'resilience/dependencies');
    expect(green.code, green.stdout + green.stderr).toBe(0);
    expect(green.stdout).toContain('Questions of sales: 6 of 6 right');
    expect(green.stdout).toContain('postgres refuses connections');

    change(
      project,
      'server.mjs',
      'LEFT JOIN deals d ON d.account_id = a.id WHERE d.id IS NULL',
      'JOIN deals d USING (id)',
    );
    const red = await cli(...suites, 'own-questions');
    expect(red.code).toBe(1);
    expect(red.stdout).toContain('The answer differs from the result of the gold query');
  },
);

const salesService = fileURLToPath(new URL('../../../targets/text-to-sql', import.meta.url));

function change(folder: string, name: string, from: string, to: string): void {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  expect(text, name).toContain(from);
  fs.writeFileSync(
    path.join(folder, name),
    text.replace(from, () => to),
  );
}

const broken: [string, (at: string) => void, RegExp][] = [
  [
    'a script that is started',
    (at) => fs.rmSync(path.join(at, 'dist/servers/host/main.js')),
    /servers\/host\/start\.js needs \.\/main\.js/,
  ],
  ['a module that is imported', (at) => fs.rmSync(path.join(at, 'dist/fixtures/wire/clock.js')), /needs .*\/clock\.js/],
  [
    'an entry of its exports',
    (at) => fs.rmSync(path.join(at, 'dist/fixtures/clients/index.d.ts')),
    /"\.\/clients" is to be \.\/dist\/fixtures\/clients\/index\.d\.ts/,
  ],
  [
    'a dependency that is imported',
    (at) => edit(at, (text) => text.replace(/ *"undici": .*\n/, '')),
    /imports undici, which is not declared/,
  ],
];

const edit = (at: string, change: (text: string) => string): void =>
  fs.writeFileSync(path.join(at, 'package.json'), change(fs.readFileSync(path.join(at, 'package.json'), 'utf8')));

for (const [what, damage, message] of broken)
  test(`an npm package without ${what} fails the package check`, async ({ project }) => {
    const at = path.join(project, 'node_modules/plumbline');
    damage(at);
    expect(missingFrom(at).join('\n')).toMatch(message);
  });

test(
  'two copies of Playwright in one project give one error with the remedy',
  requirement('STACK-07'),
  async ({ project }) => {
    write(project);
    // As with a linked Plumbline: a second copy, under Plumbline's own folder.
    const own = path.join(project, 'node_modules/plumbline/node_modules/@playwright/test');
    fs.mkdirSync(own, { recursive: true });
    fs.writeFileSync(path.join(own, 'package.json'), '{ "name": "@playwright/test", "version": "1.0.0" }');
    const run = await runFolder(project, [], {}, path.join(project, 'node_modules/@playwright/test/cli.js'));
    expect(run.code).toBe(1);
    const output = run.stdout + run.stderr + JSON.stringify(run.report?.errors);
    expect(output).toContain('There are two copies of @playwright/test, and Playwright works with one only');
    expect(output).toContain('npm install --save-dev @playwright/test@1.0.0');
  },
);
