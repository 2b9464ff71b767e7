import fs from 'node:fs';
import path from 'node:path';
import type { TestInfo } from '@playwright/test';
import { expect, test } from '../../../../fixtures/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { bundledModels } from '../../../../seed/model/index.ts';
import { plumbline } from '../../support/cli.ts';
import { deadUrl, serve } from '../../support/http-servers.ts';
import { outcomes, runFolder } from '../../support/inline-run.ts';
import { bootModel } from '../../support/model-server.ts';
import { otherKey, startOtherService } from '../../support/right-service.ts';

/** An empty folder whose package.json has type module, wherever `--output` is. */
function folder(testInfo: TestInfo): string {
  const dir = testInfo.outputPath('project');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'package.json'), '{ "type": "module" }');
  return dir;
}

const written = (dir: string, file: string): string => fs.readFileSync(path.join(dir, file), 'utf8');

/** Runs the first spec, and returns how its tests ended. */
async function first(dir: string, env: Record<string, string> = {}) {
  const run = await runFolder(dir, ['--project=specs'], env);
  const all = outcomes(run).map(({ title, status, errors }) => ({ title, status, errors }));
  expect(all, run.stdout + run.stderr).not.toEqual([]);
  return { all, output: run.stdout + run.stderr + JSON.stringify(run.report) };
}

const passed = (...titles: string[]) => titles.map((title) => ({ title, status: 'passed', errors: [] }));

test(
  'plumbline init probes a model server with its key, and the first spec that it writes passes',
  requirement('STACK-08'),
  async ({}, testInfo) => {
    test.setTimeout(120_000);
    const dir = folder(testInfo);
    const models = bundledModels.map(({ id, path: file }) => ({ id, path: file }));
    await using server = await bootModel({ models, apiKey: 'init-key-1' });
    const env = { TARGET_API_KEY: 'init-key-1' };
    const { code, stdout, stderr } = await plumbline(['init', server.url], { cwd: dir, env });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('2 models at /v1/models: plumbline-tiny, plumbline-critic');
    expect(stdout).toContain('chat at /v1/chat/completions: "plumbline-tiny" answers, as a stream too');
    const { all, output } = await first(dir, env);
    expect(all).toEqual(passed('a greeting is answered', 'an answer is streamed', 'the service says that it is well'));
    const files = ['plumbline.profile.mts', 'playwright.config.ts', 'tests/first.spec.ts'].map((file) =>
      written(dir, file),
    );
    expect([stdout, stderr, output, ...files].join('\n'), 'the key is in no output').not.toContain('init-key-1');
  },
);

test(
  'plumbline init finds the capabilities of the reference service in its OpenAPI document',
  requirement('STACK-08'),
  async ({ target }, testInfo) => {
    test.setTimeout(120_000);
    const dir = folder(testInfo);
    const { code, stdout, stderr } = await plumbline(['init', target.url, '--name', 'ours'], { cwd: dir });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/an OpenAPI 3\.1\.\d document at \/openapi\.json, which lists .*auth.*documents.*ask.*sql/);
    expect(written(dir, 'plumbline.profile.mts')).toMatch(/name: 'ours',[\s\S]*sql: true,/);
    expect((await first(dir)).all).toEqual(
      passed('a greeting is answered', 'an answer is streamed', 'the service says that it is well'),
    );
  },
);

test(
  'plumbline init finds the shape of another service by requests to the paths that are given',
  requirement('STACK-08'),
  async ({ databases }, testInfo) => {
    test.setTimeout(120_000);
    const dir = folder(testInfo);
    await using service = await startOtherService({
      shop: databases.shop.urls.reader,
      clinic: databases.clinic.urls.reader,
    });
    const env = { TARGET_API_KEY: otherKey };
    const args = [
      '--chat',
      '/llm/chat',
      '--sql',
      '/query',
      '--question',
      'Which customers are from Norway?',
      '--name',
      'acme',
    ];
    const { code, stdout, stderr } = await plumbline(['init', service.url, ...args], { cwd: dir, env });
    expect(code, stderr).toBe(0);
    expect(written(dir, 'plumbline.profile.mts')).toContain(`export default defineTarget({
  name: 'acme',
  key: {
    header: 'x-api-key',
  },
  sql: {
    paths: {
      ask: '/query',
    },
    request: {
      question: 'text',
    },
    response: {
      sql: 'generated_sql',
      rows: 'result.rows',
    },
  },
  chat: {
    paths: {
      create: '/llm/chat',
    },
    request: {
      messages: 'conversation',
    },
    response: {
      'choices.0.message.content': 'reply.text',
    },
    model: 'default',
  },
});`);
    expect(stdout).toContain('Guessed:');
    expect((await first(dir, env)).all).toEqual(passed('a greeting is answered'));
  },
);

test(
  'plumbline init refuses a service without a known capability in one line, and finds a health path of another name',
  requirement('STACK-07', 'STACK-08'),
  async ({}, testInfo) => {
    const dir = folder(testInfo);
    await using service = await serve(({ url }, response) => {
      if (url === '/app/healthz') response.end('{"status":"fine"}');
      else response.writeHead(404).end('nothing here');
    });
    const nothing = await plumbline(['init', service.url], { cwd: dir });
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toMatch(/^plumbline: A service answers at \S+, but nothing is there that Plumbline knows/);
    expect(fs.readdirSync(dir), 'nothing was written').toEqual(['package.json']);

    expect(await plumbline(['init', `${service.url}/app/`], { cwd: dir })).toMatchObject({ code: 0 });
    expect((await first(dir)).all).toEqual(passed('the service says that it is well'));
  },
);

test('plumbline init overwrites existing files only with --force', async ({}, testInfo) => {
  const dir = folder(testInfo);
  fs.writeFileSync(path.join(dir, 'playwright.config.ts'), 'mine');
  await using plain = await serve((_, response) => void response.end('{"status":"fine"}'));
  const refused = await plumbline(['init', plain.url], { cwd: dir });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toBe(
    `plumbline: playwright.config.ts is in ${dir} already: --force overwrites, --dir writes elsewhere.\n`,
  );
  expect(fs.readdirSync(dir), 'nothing was written').toEqual(['package.json', 'playwright.config.ts']);
  expect(await plumbline(['init', plain.url, '--force'], { cwd: dir })).toMatchObject({ code: 0 });
  expect(written(dir, 'playwright.config.ts')).toContain(plain.url);
});

const refused: [string, () => Promise<string>, Record<string, string>, RegExp][] = [
  [
    'a URL that does not answer',
    deadUrl,
    {},
    /^plumbline: No service answers at \S+ \(ECONNREFUSED; GET \/\)\. Is it running, and/,
  ],
  [
    'a text that is not a URL',
    async () => 'localhost:80',
    {},
    /^plumbline: "localhost:80" is no http or https URL\.\n$/,
  ],
  [
    'a URL with a password in it',
    async () => 'http://me:hunter2@127.0.0.1:1',
    {},
    /^plumbline: The URL has a user, a password or a query in it/,
  ],
];

for (const [what, url, env, message] of refused)
  test(`plumbline init refuses ${what} in one line`, requirement('STACK-07'), async ({}, testInfo) => {
    const dir = folder(testInfo);
    const { code, stdout, stderr } = await plumbline(['init', await url()], { cwd: dir, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n'), 'one line, no call stack').toHaveLength(1);
    expect(stdout + stderr).not.toContain('hunter2');
    expect(fs.readdirSync(dir), 'nothing was written').toEqual(['package.json']);
  });

for (const [what, env, message] of [
  ['without a key', {}, /wants a key: set TARGET_API_KEY in the environment and run this again/],
  [
    'with a wrong key',
    { TARGET_API_KEY: 'wrong-key-2' },
    /refuses TARGET_API_KEY \(tried authorization, x-api-key, api-key\)/,
  ],
] as const)
  test(
    `plumbline init ${what} is refused by a guarded service in one line`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      const dir = folder(testInfo);
      await using guarded = await serve((_, response) => void response.writeHead(401).end('{}'));
      const { code, stdout, stderr } = await plumbline(['init', guarded.url], { cwd: dir, env });
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
      expect(stdout + stderr).not.toContain('wrong-key-2');
    },
  );
