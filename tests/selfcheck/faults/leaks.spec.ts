import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { cacheServerOnPath } from '../../../fixtures/stack/cache/binary.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { expectNothingLeft, forever, hold, mark } from '../support/held.ts';
import { ledgerOf, nothing, workersOf } from '../support/ledger.ts';

// The leak ledger reads /proc.
test.beforeEach(({}, testInfo) => skipWithout(testInfo, 'linux'));
test.describe.configure({ mode: 'default' });

/**
 * Freezes and kills what there is to freeze and kill, and breaks what leads to it, in the middle of steady traffic, and
 * then does as it is told. Where there is no cache server, a second model server is frozen in its place.
 */
const breaking = (then: string) => `
import fs from 'node:fs';
import { faultTest as test, timeout } from '$fixtures';
test('breaks everything', async ({ target, freshDatabase, startOwnModel, startOwnCache, startOwnPostgres, steady, linkTo, modelId }) => {
  await freshDatabase('shop');
  const [model, other, frozen, killed] = await Promise.all([
    startOwnModel({ models: [modelId] }), ${cacheServerOnPath() ? 'startOwnCache()' : 'startOwnModel({ models: [modelId] })'},
    startOwnPostgres(), startOwnPostgres(),
  ]);
  const [link, gone] = [await linkTo('model', model.url), await linkTo('other', other.url)];
  const traffic = await steady(({ http }) => http.request('GET', '/health'), { on: link, watch: false, users: 1, pauseMs: 20, timeoutMs: 1_000 });
  await traffic.more(3);
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
  'a run whose processes are frozen and killed passes, and leaves nothing',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const { run, runDir, pids } = await hold(testInfo, breaking(''));
    const ended = await run.ended;
    expect(ended.code, ended.stdout).toBe(0);
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
  },
);

for (const [who, victims, code] of [
  ['a worker', workersOf, 1],
  ['the runner', (runner: number) => [runner], null],
] as const)
  test(`${who} killed in mid-fault leaves nothing, frozen or not`, requirement('STACK-03'), async ({}, testInfo) => {
    const held = await hold(testInfo, breaking(forever));
    expect(stopped(held.pids), 'frozen when it was killed').toBeGreaterThanOrEqual(3);
    expect(ledgerOf(held.runDir, held.pids).processes.join('\n'), 'proxied').toContain('link-proxy/main.ts');
    for (const pid of victims(held.runner)) process.kill(pid, 'SIGKILL');
    expect((await held.run.ended).code, 'without a worker the run goes on to its end').toBe(code);
    // A run that ended by itself has cleaned up by the time that it returns.
    if (code !== null) expect(ledgerOf(held.runDir, held.pids)).toEqual(nothing);
    await expectNothingLeft(held.runDir, held.pids, 30_000);
  });
