import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { cacheServerOnPath } from '../../../fixtures/stack/cache/binary.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { expectNothingLeft, forever, hold, mark } from '../support/held.ts';
import { ledgerOf, nothing, workersOf } from '../support/ledger.ts';

// The leak ledger reads /proc, so these tests need Linux.
test.beforeEach(({}, testInfo) => skipWithout(testInfo, 'linux'));
test.describe.configure({ mode: 'default' });

/**
 * A spec that freezes and kills processes and breaks links during steady traffic, and then runs the code in `then`.
 * Where there is no cache server, a second model server is frozen in its place.
 */
const breaking = (then: string) => `
import fs from 'node:fs';
import { faultTest as test, timeout } from '$fixtures';
test('breaks everything', async ({ target, freshDatabase, startOwnModel, startOwnCache, startOwnPostgres, steadyTraffic, linkTo, modelId }) => {
  await freshDatabase('shop');
  const [model, other, frozen, killed] = await Promise.all([
    startOwnModel({ models: [modelId] }), ${cacheServerOnPath() ? 'startOwnCache()' : 'startOwnModel({ models: [modelId] })'},
    startOwnPostgres(), startOwnPostgres(),
  ]);
  const [link, gone] = [await linkTo('model', model.url), await linkTo('other', other.url)];
  const traffic = await steadyTraffic((http) => http.request('GET', '/health'), { on: link, watch: false, users: 1, pauseMs: 20, timeoutMs: 1_000 });
  await traffic.waitForRequests(3);
  await traffic.fault('all at once', async () => {
    await link.add(timeout({ timeout: 0, stream: 'both' }), { mayMiss: true });
    await gone.down({ mayMiss: true });
    await Promise.all([model.freeze(), other.freeze(), frozen.freeze(), killed.kill()]);
  });
  ${mark}
  ${then}
});`;

const stopped = (pids: readonly number[]): number =>
  pids.filter((pid) => {
    try {
      return /^State:\s+T/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  }).length;

test(
  'a run that freezes and kills its processes passes and leaves no process, file or database behind',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const { run, runDir, pids } = await hold(testInfo, breaking(''));
    const ended = await run.ended;
    expect(ended.code, ended.stdout).toBe(0);
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
  },
);

for (const [who, victims, code] of [
  ['worker', workersOf, 1],
  ['runner', (runner: number) => [runner], null],
] as const)
  test(
    `a ${who} that is killed during a fault leaves no process behind, not even a frozen one`,
    requirement('STACK-03'),
    async ({}, testInfo) => {
      const held = await hold(testInfo, breaking(forever));
      expect(stopped(held.pids), 'number of frozen processes').toBeGreaterThanOrEqual(3);
      expect(ledgerOf(held.runDir, held.pids).processes.join('\n'), 'processes before the kill').toContain(
        'link-proxy/main.ts',
      );
      for (const pid of victims(held.runner)) process.kill(pid, 'SIGKILL');
      expect((await held.run.ended).code, 'exit code of the run').toBe(code);
      // A run that ends by itself has cleaned up when it returns.
      if (code !== null) expect(ledgerOf(held.runDir, held.pids)).toEqual(nothing);
      await expectNothingLeft(held.runDir, held.pids, 30_000);
    },
  );
