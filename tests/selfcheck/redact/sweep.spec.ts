import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { outputsOf } from '../../../fixtures/evidence/gate/outputs.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { runConfigured } from '../support/inline-run.ts';
import { canaries } from './canaries.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('a sweep searches the outputs of the run, and neither the folder of the project nor what only looks like outputs', ({}, testInfo) => {
  const [project, elsewhere] = [testInfo.outputPath('project'), testInfo.outputPath('elsewhere')];
  const made = ['html', 'theirs.txt', 'own.json', 'test-results', 'playwright-report', 'blob-report', 'results'];
  for (const name of made) mkdirSync(path.join(project, name), { recursive: true });
  for (const name of [...made, 'env']) mkdirSync(path.join(elsewhere, name), { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{}');
  const of = (reporter: unknown[], environment = {}, written: string[] = []) => {
    const config = {
      configFile: path.join(project, 'playwright.config.ts'),
      rootDir: project,
      projects: [{ outputDir: path.join(project, 'results') }],
      reporter,
    } as unknown as Parameters<typeof outputsOf>[0];
    return outputsOf(config, written, environment).map((output) => path.relative(project, output));
  };
  // As a run does that is started in a folder with other runs' results.
  const before = process.cwd();
  process.chdir(elsewhere);
  try {
    expect(of([['list']])).toEqual(['results']);
    expect(of([['html'], ['json', { outputFile: 'own.json' }]])).toEqual(['results', 'playwright-report', 'own.json']);
    expect(of([['html', { outputFolder: 'html' }], ['blob']])).toEqual(['results', 'html', 'blob-report']);
    expect(of([['html']], { PLAYWRIGHT_HTML_OUTPUT_DIR: 'env' })).toEqual(['results', '../elsewhere/env']);
    expect(of([['./x.ts', { outputFile: 'theirs.txt', outputFolder: '.', configDir: '..' }]])).toEqual([
      'results',
      'theirs.txt',
      '../elsewhere/theirs.txt',
    ]);
    expect(of([], {}, [path.join(project, 'own.json')])).toEqual(['results', 'own.json']);
  } finally {
    process.chdir(before);
  }
});

const config = `import { definePlumbline } from '$root/projects/define.ts';
export default definePlumbline({ testDir: '.', suites: [], workers: 1, reporter: [['list']] });`;

/** Writes a secret to its own results, and to files that another run has in the same two folders at the same time. */
const spec = `import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from '$root/fixtures/index.ts';
test('writes', ({}, testInfo) => {
  writeFileSync(testInfo.outputPath('own.txt'), process.env.TARGET_API_KEY);
  for (const living of process.env.LIVING.split(',')) writeFileSync(living, process.env.TARGET_API_KEY);
});`;

test(
  'a run takes secrets out of its own results and leaves alone those of other runs in its folders',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    const [folder, elsewhere] = [testInfo.outputPath('project'), testInfo.outputPath('elsewhere')];
    const living = [folder, elsewhere].map((dir) => path.join(dir, 'test-results', 'living.txt'));
    for (const file of living) mkdirSync(path.dirname(file), { recursive: true });
    const files = { 'package.json': '{ "type": "module" }', 'playwright.config.ts': config, 'a.spec.ts': spec };
    for (const [name, text] of Object.entries(files))
      writeFileSync(path.join(folder, name), text.replaceAll('$root/', root));
    const key = canaries.TARGET_API_KEY;
    const { code, stdout, stderr } = await runConfigured(
      elsewhere,
      ['--config', folder, `--output=${path.join(elsewhere, 'mine')}`],
      { TARGET_URL: 'http://127.0.0.1:9', TARGET_API_KEY: key, LIVING: living.join(',') },
    );
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toMatch(
      /swept the reports for secrets: 1 found, and hidden: mine\/a-writes-specs\/own\.txt \(1\)\./,
    );
    expect(readFileSync(path.join(elsewhere, 'mine', 'a-writes-specs', 'own.txt'), 'utf8')).toBe('[redacted]');
    expect(living.map((file) => readFileSync(file, 'utf8'))).toEqual([key, key]);
  },
);
