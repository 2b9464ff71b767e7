import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JSONReport } from '@playwright/test/reporter';
import { table } from '../../../fixtures/evidence/table.ts';
import { median } from '../../../fixtures/wire/latency/percentile.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const TESTS = 150;
/** Of a run's first tests, the worker's own beginnings are a part. */
const WARMUP = 20;

const bodies = {
  'bare Playwright, fetch': [
    `${root}/node_modules/@playwright/test/index.mjs`,
    "test('t', async () => { await fetch(URL + '/health'); })",
  ],
  'the harness, fetch': [`${root}/fixtures/index.ts`, "test('t', async () => { await fetch(URL + '/health'); })"],
  'the harness, its own client': [
    `${root}/fixtures/index.ts`,
    "test('t', async ({ http }) => { await http.request('GET', '/health'); })",
  ],
} as const;

/**
 * What a test takes, from one to the next, of bare Playwright and with the harness: fixtures, recording, waterfall and
 * the other attachments included.
 */
export async function run([rounds = '3']: readonly string[]): Promise<boolean> {
  await using server = await listedServer();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-harness-'));
  const took = new Map<string, number[]>();
  try {
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    for (let round = 0; round < Number(rounds); round += 1)
      for (const [what, [from, body]] of Object.entries(bodies))
        took.set(what, [...(took.get(what) ?? []), perTest(folder, from, body, server.url)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const bare = median(took.get('bare Playwright, fetch') ?? []);
  const rows = [...took].map(([what, values]) => [what, median(values).toFixed(1), (median(values) - bare).toFixed(1)]);
  console.log(table([['ms a test', 'median', 'more than bare'], ...rows]));
  return true;
}

function perTest(folder: string, from: string, body: string, url: string): number {
  const spec = `import { test } from ${JSON.stringify(from)};\nconst URL = ${JSON.stringify(url)};\n`;
  const tests = Array.from({ length: TESTS }, (_, i) => body.replace("'t'", `'t${i}'`)).join('\n');
  writeFileSync(path.join(folder, 'a.spec.ts'), `${spec}${tests}\n`);
  const setup = JSON.stringify(path.join(root, 'servers/host/setup.ts'));
  const config = `export default { testDir: '.', workers: 1, globalSetup: ${setup}, reporter: [['json', { outputFile: 'report.json' }]] };`;
  writeFileSync(path.join(folder, 'playwright.config.ts'), config);
  const cli = path.join(root, 'node_modules/@playwright/test/cli.js');
  const env = { ...process.env, TARGET_URL: url };
  const { status, stderr } = spawnSync(process.execPath, [cli, 'test', '--config', folder], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The run of the harness failed:\n${stderr}`);
  const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as JSONReport;
  const results = report.suites.flatMap(({ specs }) =>
    specs.flatMap(({ tests }) => tests.flatMap((test) => test.results)),
  );
  const starts = results.map(({ startTime }) => Date.parse(String(startTime))).sort((a, b) => a - b);
  return ((starts.at(-1) ?? NaN) - (starts[WARMUP] ?? NaN)) / (starts.length - 1 - WARMUP);
}

/** A server that lists one model: as much as is attached to. In a thread, because the runs are waited for. */
async function listedServer(): Promise<AsyncDisposable & { url: string }> {
  const worker = new Worker(
    `const { createServer } = require('node:http');
const { parentPort } = require('node:worker_threads');
const models = JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model', created: 1, owned_by: 'bench' }] });
const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(models));
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, execArgv: [] },
  );
  const [port] = (await once(worker, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void (await worker.terminate()) };
}
