// Makes the baselines of this machine: every test that compares with one is run several times, each with a service of
// its own, so that they say how much runs differ by themselves.
// Usage: node tools/baseline/main.ts [arguments of `playwright test`]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const RUNS = 7;

const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
const args = [
  'test',
  '--project=performance',
  '--grep=@baseline',
  `--repeat-each=${RUNS}`,
  '--workers=1',
  '--reporter=list',
];
const { status } = spawnSync(process.execPath, [cli, ...args, ...process.argv.slice(2)], {
  cwd: path.resolve(import.meta.dirname, '../..'),
  stdio: 'inherit',
  env: { ...process.env, PLUMBLINE_BASELINE_RUN: new Date().toISOString() },
});
process.exitCode = status ?? 1;
