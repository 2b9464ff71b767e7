import fs from 'node:fs';
import path from 'node:path';
import { expect, type TestInfo, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { plumbline } from '../../support/cli.ts';
import { outcomes, runFolder } from '../../support/inline-run.ts';

const server = `import http from 'node:http';
http.createServer((request, response) => {
  const [status, body] = request.url === '/health' ? [200, { status: 'ok' }] : [404, {}];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(process.env.PORT ?? process.env.LISTEN), '127.0.0.1');
`;

/** A folder with a service, wherever `--output` is. */
function serviceIn(testInfo: TestInfo, text = server): string {
  const dir = testInfo.outputPath('mine');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'package.json'), '{ "type": "module" }');
  fs.writeFileSync(path.join(dir, 'server.mjs'), text);
  return dir;
}

test(
  'plumbline init starts a service by its command, writes a description that starts it, and the first spec passes',
  requirement('OWN-01'),
  async ({}, testInfo) => {
    test.setTimeout(120_000);
    const dir = serviceIn(testInfo);
    const { code, stdout, stderr } = await plumbline(['init', '--start', 'node server.mjs'], { cwd: dir });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Found at node server.mjs:\n  - health at /health');
    const description = fs.readFileSync(path.join(dir, 'plumbline.profile.mts'), 'utf8');
    expect(description).toContain("command: 'node server.mjs'");
    expect(description).toContain("PORT: '{port}'");
    expect(description).toContain("// settings: { 'rate limit': { RATE_LIMIT: '{value}' }");
    expect(description).toContain("// databases: { app: { prepare: ['schema.sql', 'rows.sql'] } },");
    const run = await runFolder(dir, ['--project=specs']);
    expect(
      outcomes(run).map(({ status }) => status),
      run.stderr,
    ).toEqual(['passed']);
  },
);

test(
  'plumbline init hands the port over in another variable where --env says so',
  requirement('OWN-01'),
  async ({}, testInfo) => {
    const dir = serviceIn(testInfo);
    const args = ['init', '--start', 'node server.mjs', '--env', 'LISTEN={port}', '--ready', '/health'];
    const { code, stderr } = await plumbline(args, { cwd: dir });
    expect(code, stderr).toBe(0);
    const description = fs.readFileSync(path.join(dir, 'plumbline.profile.mts'), 'utf8');
    expect(description).toContain("LISTEN: '{port}'");
    expect(description).toContain("ready: '/health'");
    expect(description).not.toContain("PORT: '");
  },
);

for (const [what, args, text, says] of [
  [
    'a command that ends',
    ['--start', 'node server.mjs'],
    "console.error('no configuration'); process.exit(2);",
    /"node server\.mjs" ended with exit code 2 before it answered[\s\S]*no configuration/,
  ],
  ['neither a URL nor a command', [], server, /Name the service by its URL, or by its command/],
  [
    'a variable without a value',
    ['--start', 'node server.mjs', '--env', 'PORT'],
    server,
    /--env PORT is no NAME=value/,
  ],
  [
    'a placeholder that it cannot fill in',
    ['--start', 'node server.mjs', '--env', 'DSN={postgres.app.url}'],
    server,
    /--env has \{postgres\.app\.url\}, which init cannot fill in/,
  ],
] as const)
  test(
    `plumbline init refuses ${what}, says what to do, and writes nothing`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      const dir = serviceIn(testInfo, text);
      const { code, stderr } = await plumbline(['init', ...args], { cwd: dir });
      expect(code).toBe(1);
      expect(stderr).toMatch(says);
      expect(fs.readdirSync(dir).sort()).toEqual(['package.json', 'server.mjs']);
    },
  );
