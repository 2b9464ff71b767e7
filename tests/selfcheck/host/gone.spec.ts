import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { createRunDir } from '../../../fixtures/stack/lease/rundir.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { startHost } from '../../../servers/host/start.ts';
import { expectNothingLeft, forever, hold, mark, ownTempFolder } from '../support/held.ts';
import { outcomes, runInline } from '../support/inline-run.ts';
import { hostOf, ledgerOf, pidsOf } from '../support/ledger.ts';

const holding = `
import fs from 'node:fs';
import { test } from '$fixtures';
test('holds the whole stack', async ({ target }) => {
  ${mark}
  ${forever}
});
test('would come next', async ({ target }) => {});`;

test(
  'a run whose cache is not a folder reports that once and boots, and ends at once without leftovers when its stack host is killed',
  requirement('STACK-03', 'STACK-02'),
  async ({}, testInfo) => {
    skipWithout(testInfo, 'linux');
    const noFolder = testInfo.outputPath('cache');
    fs.writeFileSync(noFolder, '');
    const { run, runner, runDir, pids } = await hold(testInfo, holding, {
      ...ownTempFolder(),
      PLUMBLINE_CACHE_DIR: noFolder,
    });
    const vectors = ledgerOf(runDir, pids).processes.find((line) => line.includes('servers/vectors/main.ts'));
    process.kill(Number(vectors?.split(' ')[0]), 'SIGSTOP');
    const host = hostOf(runner) as number;
    process.kill(host, 'SIGKILL');
    const killed = performance.now();
    const ended = await run.ended;
    expect(performance.now() - killed, 'milliseconds until the run has ended').toBeLessThan(10_000);
    expect(ended.code).toBe(130);
    const how = `The stack host of this run (pid ${host}) was ended by SIGKILL, and with it everything that the tests need`;
    expect(ended.report?.errors.map(({ message }) => message)).toEqual([expect.stringContaining(how)]);
    expect(ended.stderr.split('\n').filter((line) => line.includes(how))).toHaveLength(1);
    expect(outcomes(ended).map(({ status, errors }) => [status, errors])).toEqual([
      ['interrupted', []],
      ['none', []],
    ]);
    const reported = ended.stderr.split('\n').filter((line) => line.includes('PLUMBLINE_CACHE_DIR'));
    expect(reported).toEqual([expect.stringMatching(/ is not a folder.*\(E\w+\), so this run stores nothing there/)]);
    await expectNothingLeft(runDir, pids, 10_000);
  },
);

/** Sends Ctrl-C after Playwright has made the folder of its second worker, and before it starts the process. */
const interruptBetween = `
import fs from 'node:fs';
import { once } from 'node:events';
const { mkdir } = fs.promises;
if (process.env.TEST_WORKER_INDEX === undefined) fs.promises.mkdir = async (dir, ...rest) => {
  const made = await mkdir(dir, ...rest);
  if (String(dir).endsWith('.playwright-artifacts-1')) {
    const interrupted = once(process, 'SIGINT');
    process.kill(process.pid, 'SIGINT');
    await interrupted;
    // Until Playwright has interrupted its workers to stop.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }
  return made;
};`;

const frozen = `
import { test } from '$fixtures';
test('freezes its own worker', () => { process.kill(process.pid, 'SIGSTOP'); });
test('is to run in the next', () => {});`;

test(
  'a stopped worker is killed, and a worker that starts during Ctrl-C does not keep the run alive',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    skipWithout(testInfo, 'linux');
    const run = await runInline(
      testInfo,
      { 'a.spec.ts': frozen },
      { preamble: interruptBetween, env: ownTempFolder() },
    );
    expect(run.stderr).toMatch(/killed worker \d+: it was stopped \(SIGSTOP\) and nothing continued it/);
    expect(run.stderr, 'nobody had to be waited for').not.toContain('did not stop within');
    expect(run.code, 'the run was interrupted').toBe(130);
    expect(outcomes(run).map(({ title, status }) => [title, status])).toEqual([
      ['freezes its own worker', 'failed'],
      ['is to run in the next', 'none'],
    ]);
  },
);

/** A runner with a stack host and nothing else, which is killed at the end of the test; others' sweeps do not reach it. */
async function startBareRunner(loops: string) {
  const file = fileURLToPath(new URL('./bare-runner.ts', import.meta.url));
  const env = { ...process.env, ...ownTempFolder() };
  const runner = spawn(process.execPath, [file, loops], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(runner.stdout, 'data')) as [Buffer];
  const kill = (): void => void runner.kill('SIGKILL');
  return { ...(JSON.parse(String(said)) as { runDir: string; host: number }), kill, [Symbol.dispose]: kill };
}

for (const how of ['loops for ever', 'is stopped'] as const)
  test(
    `a stack host that ${how} is ended after its runner was killed, and nothing of the run is left behind`,
    requirement('STACK-03'),
    async ({}, testInfo) => {
      skipWithout(testInfo, 'linux');
      const loops = testInfo.outputPath('loops');
      using runner = await startBareRunner(loops);
      const { runDir, host } = runner;
      if (how === 'is stopped') process.kill(host, 'SIGSTOP');
      else {
        fs.writeFileSync(loops, '');
        await expect.poll(() => fs.existsSync(loops), 'the host has begun to loop').toBe(false);
      }
      const pids = pidsOf(runDir);
      expect(pids.length, 'the host, its warden, and what watches the runner').toBeGreaterThanOrEqual(3);
      const killed = performance.now();
      runner.kill();
      await expect.poll(() => pidsOf(runDir).includes(host), { timeout: 40_000 }).toBe(false);
      // A host that works is gone by itself long before.
      expect(performance.now() - killed, 'milliseconds that a host gets').toBeGreaterThan(9_000);
      await expectNothingLeft(runDir, pids, 20_000);
    },
  );

test(
  'a run whose host works leaves no process that watches its runner',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    skipWithout(testInfo, 'linux');
    using runner = await startBareRunner('nothing');
    const pids = pidsOf(runner.runDir);
    runner.kill();
    await expectNothingLeft(runner.runDir, pids, 9_000);
  },
);

for (const [how, script, limitMs, expected] of [
  [
    'is killed',
    `process.kill(process.pid, 'SIGKILL')`,
    20_000,
    /^The stack host was ended by SIGKILL before it was ready\./,
  ],
  [
    'gives up',
    `console.error('out of luck'); process.exit(7)`,
    20_000,
    /ended with code 7 before it was ready\.[\s\S]*out of luck/,
  ],
  [
    'is stopped',
    `process.kill(process.pid, 'SIGSTOP')`,
    20_000,
    /SIGKILL before it was ready after something had stopped it/,
  ],
  [
    'hangs',
    `for (;;);`,
    500,
    /before it was ready, because it took longer than 500 ms: raise PLUMBLINE_BOOT_TIMEOUT_MS/,
  ],
] as const)
  test(
    `a stack host that ${how} while it starts ends the run with the reason, and leaves no folder behind`,
    requirement('STACK-07'),
    async () => {
      const runDir = createRunDir();
      const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
      await expect(startHost(runDir, limitMs, () => {}, env)).rejects.toThrow(expected);
      expect(fs.existsSync(runDir)).toBe(false);
    },
  );
