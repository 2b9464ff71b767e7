// Runs the suites and says which lines of the reference service they reached over HTTP.
// Usage: node tools/coverage/main.ts [arguments of `playwright test`]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { type FileCoverage, tableOf, uncovered } from './areas.ts';

const root = path.resolve(import.meta.dirname, '../..');
const reports = path.join(root, 'coverage');
const raw = mkdtempSync(path.join(os.tmpdir(), 'plumbline-v8-'));
const require = createRequire(import.meta.url);

const run = (script: string, args: string[], env: Record<string, string> = {}): number =>
  spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    .status ?? 1;

// Only the services write coverage: they are what is asked about, and the runner's own would be most of it.
const tests = run(require.resolve('@playwright/test/cli'), ['test', ...process.argv.slice(2)], {
  PLUMBLINE_COVERAGE_DIR: raw,
});
const c8 = path.join(path.dirname(require.resolve('c8/package.json')), 'bin/c8.js');
const reporters = ['html', 'lcovonly', 'text-summary', 'json', 'json-summary'].map((name) => `--reporter=${name}`);
const report = run(c8, [
  ...['report', `--temp-directory=${raw}`, `--reports-dir=${reports}`, ...reporters],
  // `--all`: a file that no service ever loaded is not covered, rather than not there.
  ...['--all', '--src=reference', '--include=reference/**/*.ts', '--extension=.ts', '--exclude-after-remap=false'],
]);
rmSync(raw, { recursive: true, force: true });
if (report === 0) {
  const read = (name: string) => JSON.parse(readFileSync(path.join(reports, name), 'utf8')) as Record<string, never>;
  const files = read('coverage-summary.json') as Record<string, FileCoverage>;
  process.stdout.write(`\n${tableOf(files, root)}\n\nNot reached:\n${uncovered(read('coverage-final.json'), root)}\n`);
  process.stdout.write(`\nReports: ${path.relative(root, reports)}/index.html and lcov.info\n`);
}
process.exitCode = tests || report;
