import fs from 'node:fs';
import path from 'node:path';
import { expect, type TestInfo, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { ownTempFolder } from '../support/held.ts';
import { type InlineRun, outcomes, runInline, startInline } from '../support/inline-run.ts';
import { hostOf, ledgerOf } from '../support/ledger.ts';

// Whole runs, for what plain functions cannot show: a run ends in time, with a message, and leaves nothing behind.

const passing = `import { test } from '$fixtures'; test('runs', () => {});`;

const outputOf = ({ stdout, stderr, report }: InlineRun): string =>
  [stdout, stderr, ...(report?.errors ?? []).map(({ message }) => message ?? '')].join('\n');

/** Processes that were started with this environment, ended ones left out. */
const left = (env: Record<string, string>): string[] => ledgerOf(env['TMPDIR'] as string).processes;

/** Waits until nothing of a run is left: a killed process takes a moment to end. */
const expectNothing = (env: Record<string, string>): Promise<void> =>
  expect.poll(() => left(env), { message: 'no process of the run is left', timeout: 10_000 }).toEqual([]);

test('a misspelt setting ends a run, in the environment and in .env', requirement('STACK-07'), async ({}, testInfo) => {
  const env = { ...ownTempFolder(), TARGET_ULR: 'http://127.0.0.1:9', MODEL_SERVER_API_KEY: 'hunter2\n' };
  const run = await runInline(testInfo, { 'a.spec.ts': passing, '../.env': 'MODEL_PTH=/a.gguf\n' }, { env });
  expect(run.code).toBe(1);
  expect(outputOf(run)).toContain('TARGET_ULR is not a setting of Plumbline. Did you mean TARGET_URL?');
  expect(outputOf(run)).toContain('MODEL_PTH is not a setting of Plumbline. Did you mean MODEL_PATH?');
  expect(outputOf(run)).toContain('MODEL_SERVER_API_KEY=(hidden) is not allowed.');
  expect(outputOf(run)).not.toMatch(/hunter2|\n\s+at /);
  expect(outcomes(run)).toEqual([]);
  await expectNothing(env);
});

test(
  'a run on an old Node ends with one line that has the command to install a newer one',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const old = testInfo.outputPath('old.mjs');
    fs.writeFileSync(
      old,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`,
    );
    const config = `import { definePlumbline } from '$root/projects/define.ts'; export default definePlumbline();`;
    const env = { NODE_OPTIONS: `--import=${old}` };
    const run = await runInline(
      testInfo,
      { 'a.spec.ts': passing, 'old.config.ts': config },
      { env, args: ['--config=specs/old.config.ts'] },
    );
    expect(run.code).toBe(1);
    expect(outputOf(run).trim()).toBe(
      'Plumbline needs Node 24 or newer; this is 20.20.2. `npm install --save-dev node@24` puts one into node_modules, which npx then uses.',
    );
  },
);

test(
  'a profile that never finishes loading ends the run at its deadline',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const loop = testInfo.outputPath('loop.ts');
    fs.writeFileSync(loop, 'for (;;);\n');
    const env = {
      ...ownTempFolder(),
      TARGET_URL: 'http://127.0.0.1:9',
      TARGET_PROFILE: loop,
      PLUMBLINE_BOOT_TIMEOUT_MS: '15000',
    };
    const run = await runInline(testInfo, { 'a.spec.ts': passing }, { env });
    expect(run.code).toBe(1);
    expect(outputOf(run)).toContain(
      `TARGET_PROFILE=${loop}: the file was still loading after 1000 ms. A profile is data`,
    );
    await expectNothing(env);
  },
);

/** An environment in which the stack host loops and never listens. */
function stuckHost(testInfo: TestInfo, bootMs: number): Record<string, string> {
  const hook = testInfo.outputPath('stuck.mjs');
  fs.writeFileSync(hook, `if (process.argv[1]?.endsWith('servers/host/main.ts')) for (;;);`);
  return { ...ownTempFolder(), NODE_OPTIONS: `--import=${hook}`, PLUMBLINE_BOOT_TIMEOUT_MS: String(bootMs) };
}

const runsOf = (env: Record<string, string>): string[] =>
  fs.globSync('plumbline-*/*', { cwd: env['TMPDIR'] as string }).map((dir) => path.basename(dir));

test(
  'a stack host that does not come up ends the run and is killed',
  requirement('STACK-03', 'STACK-07'),
  async ({}, testInfo) => {
    const env = stuckHost(testInfo, 3_000);
    const run = await runInline(testInfo, { 'a.spec.ts': passing }, { env });
    expect(run.code).toBe(1);
    expect(outputOf(run)).toContain(
      'The stack host was ended by SIGKILL before it was ready, because it took longer than 1500 ms: raise PLUMBLINE_BOOT_TIMEOUT_MS if this machine is slow.',
    );
    expect(outcomes(run)).toEqual([]);
    await expectNothing(env);
    expect(runsOf(env)).toEqual([]);
  },
);

test(
  'Ctrl-C while the stack host starts ends the run and the host',
  requirement('STACK-03', 'STACK-07'),
  async ({}, testInfo) => {
    const env = stuckHost(testInfo, 600_000);
    const { child, ended } = await startInline(testInfo, { 'a.spec.ts': passing }, { env });
    const runner = child.pid as number;
    await expect.poll(() => hostOf(runner), { message: 'the host is being started', timeout: 30_000 }).toBeTruthy();
    process.kill(-runner, 'SIGINT');
    const run = await ended;
    expect(run.code, outputOf(run)).toBe(130);
    await expectNothing(env);
    expect(runsOf(env)).toEqual([]);
  },
);
