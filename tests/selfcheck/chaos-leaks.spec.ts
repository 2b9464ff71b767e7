import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { requirement } from '../../projects/requirements.ts';
import { type RunningInline, startInline } from './support/inlineRun.ts';
import { ledgerOf, nothing, ownedBy, pidsOf, runDirOf, workersOf } from './support/ledger.ts';

test.skip(process.platform !== 'linux', 'the leak ledger reads /proc, which only Linux has');
test.describe.configure({ mode: 'default' });

/** Freezes and kills what there is to freeze and kill, and breaks what leads to it, in the middle of steady traffic, and then does as it is told. */
const breaking = (then: string) => `
import fs from 'node:fs';
import { test, timeout } from '$fixtures';
test('breaks everything', async ({ startOwnModel, startOwnCache, startOwnPostgres, steady, linkTo, modelId }) => {
  const [model, cache, frozen, killed] = await Promise.all([
    startOwnModel({ models: [modelId] }), startOwnCache(), startOwnPostgres(), startOwnPostgres(),
  ]);
  const [link, gone] = [await linkTo('model', model.url), await linkTo('cache', cache.url)];
  const traffic = await steady(({ http }) => http.request('GET', '/health'), { on: link, watch: false, users: 1, pauseMs: 20, timeoutMs: 1_000 });
  await traffic.more(3);
  await traffic.fault('all at once', async () => {
    await link.add(timeout({ timeout: 0, stream: 'both' }), { mayMiss: true });
    await gone.down({ mayMiss: true });
    await Promise.all([model.freeze(), cache.freeze(), frozen.freeze(), killed.kill()]);
  });
  fs.writeFileSync(process.env.MARK, process.env.PLUMBLINE_RUN_DIR);
  ${then}
});`;

const forever = 'await new Promise(() => setInterval(() => {}, 1000));';

interface Held {
  run: RunningInline;
  runner: number;
  runDir: string;
  pids: number[];
}

/** Starts a run and waits until its test has broken everything. */
async function hold(testInfo: Parameters<typeof startInline>[0], then: string): Promise<Held> {
  const mark = testInfo.outputPath('mark');
  const run = await startInline(testInfo, { 'hold.spec.ts': breaking(then) }, { env: { MARK: mark } });
  const runner = run.child.pid as number;
  let ended = false;
  void run.ended.then(() => (ended = true));
  const pids = new Set<number>();
  await expect
    .poll(
      () => {
        // While it runs: what was started and killed again is on the list, too.
        const dir = runDirOf(runner);
        for (const pid of dir ? ownedBy(dir) : []) pids.add(pid);
        return ended || fs.existsSync(mark);
      },
      { message: 'the inline run breaks its processes', timeout: 75_000 },
    )
    .toBe(true);
  if (!fs.existsSync(mark)) throw new Error(`The inline run ended early:\n${(await run.ended).stdout}`);
  const runDir = fs.readFileSync(mark, 'utf8');
  return { run, runner, runDir, pids: [...new Set([...pids, ...pidsOf(runDir), ...ownedBy(runDir)])] };
}

const stopped = (pids: readonly number[]): number =>
  pids.filter((pid) => {
    try {
      return /^State:\s+T/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  }).length;

const expectNothingLeft = (runDir: string, pids: number[]) =>
  expect
    .poll(() => ledgerOf(runDir, pids), { message: 'nothing of the run is left', timeout: 30_000 })
    .toEqual(nothing);

test(
  'a run whose processes are frozen and killed passes, and leaves nothing',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const { run, runDir, pids } = await hold(testInfo, '');
    const ended = await run.ended;
    expect(ended.code, ended.stdout).toBe(0);
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
  },
);

for (const [who, victims] of [
  ['a worker', workersOf],
  ['the runner', (runner: number) => [runner]],
] as const)
  test(`${who} killed in mid-fault leaves nothing, frozen or not`, requirement('STACK-03'), async ({}, testInfo) => {
    const held = await hold(testInfo, forever);
    expect(stopped(held.pids), 'frozen when it was killed').toBeGreaterThanOrEqual(3);
    expect(ledgerOf(held.runDir, held.pids).processes.join('\n'), 'proxied').toContain('links/proxy/main.ts');
    for (const pid of victims(held.runner)) process.kill(pid, 'SIGKILL');
    await held.run.ended;
    await expectNothingLeft(held.runDir, held.pids);
  });
