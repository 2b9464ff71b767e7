import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { expectNothingLeft, forever, hold, mark, ownTempFolder } from '../support/held.ts';
import { runInline, startInline } from '../support/inline-run.ts';
import { hostOf, ledgerOf, nothing, ownedBy, runDirOf, wardensOf } from '../support/ledger.ts';

// The leak ledger reads /proc.
test.beforeEach(({}, testInfo) => skipWithout(testInfo, 'linux'));
test.describe.configure({ mode: 'default' });

/** A spec that holds everything that a test can hold, reports that through a file, and then ends in the given way. */
const holding = (then: string, first = '') => `
import fs from 'node:fs';
import { expect, test } from '$fixtures';
import { spawnProcess, stopProcess } from '$root/fixtures/stack/lease/protocol.ts';
test('holds the whole stack', async ({ target, freshDatabase, sql, _host }) => {
  await freshDatabase('shop');
  await sql.databases();
  ${first}
  ${mark}
  ${then}
});`;

test('a run that fails leaves nothing behind', requirement('STACK-03'), async ({}, testInfo) => {
  const { run, runDir, pids } = await hold(testInfo, holding(`expect(1).toBe(2);`));
  expect((await run.ended).code).toBe(1);
  // No polling here: a run that ended by itself has cleaned up by the time that it returns.
  expect(ledgerOf(runDir, pids)).toEqual(nothing);
});

test(
  'a run passes and leaves nothing behind with a temp folder too deep for sockets, a strict umask, no home folder, and ' +
    'a clock half a day ahead',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const home = testInfo.outputPath('home');
    fs.writeFileSync(home, 'no folder');
    const elsewhere = { HOME: home, TZ: 'Pacific/Kiritimati', LANG: 'de_DE.UTF-8', LC_ALL: 'xx_XX', CI: 'true' };
    const umask = process.umask(0o077);
    try {
      const env = { ...ownTempFolder('awkward'), ...elsewhere };
      const { run, runDir, pids } = await hold(testInfo, holding(''), env);
      const { code, stdout, stderr } = await run.ended;
      expect(code, stdout + stderr).toBe(0);
      expect(ledgerOf(runDir, pids)).toEqual(nothing);
    } finally {
      process.umask(umask);
    }
  },
);

test(
  'a run that passes boots its whole stack, and leaves nothing of it behind',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const go = testInfo.outputPath('go');
    const waits = `await expect.poll(() => fs.existsSync(${JSON.stringify(go)}), { timeout: 20_000 }).toBe(true);`;
    const { run, runDir, pids } = await hold(testInfo, holding(waits));
    const held = ledgerOf(runDir, pids);
    for (const part of ['servers/host/main.ts', 'warden', 'reference/main.ts', 'servers/model/main.ts', 'postgres'])
      expect(held.processes.join('\n'), `the ledger knows ${part}`).toContain(part);
    expect(held.folders).toContain(runDir);
    fs.writeFileSync(go, '');
    expect((await run.ended).code).toBe(0);
    // No polling here: a run that ended by itself has cleaned up by the time that it returns.
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
  },
);

test(
  'the ledger of leaks finds the child, the shared memory and the temp folder that a test leaves behind',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const spec = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from '$fixtures';
test('leaves something of each kind', async ({ freshDatabase: _ }) => {
  spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }).unref();
  const maker = spawn('ipcmk', ['--shmem', '4096']);
  await once(maker, 'exit');
  fs.writeFileSync(process.env.MARK + '-pid', String(maker.pid));
  fs.mkdtempSync(path.join(os.tmpdir(), 'forgotten-'));
  ${mark}
});`;
    const { run, runDir, pids } = await hold(testInfo, spec);
    expect((await run.ended).code).toBe(0);
    const left = ledgerOf(runDir, [...pids, Number(fs.readFileSync(testInfo.outputPath('mark-pid')))]);
    const {
      processes: [child = ''],
      folders: [folder = ''],
      sharedMemory: [segment = ''],
    } = left;
    process.kill(Number(child.split(' ')[0]));
    fs.rmSync(folder, { recursive: true });
    execFileSync('ipcrm', ['--shmem-id', segment.trim().split(/\s+/)[1] ?? '']);
    expect(left).toEqual({
      processes: [expect.stringMatching(/^\d+ sleep 300/)],
      folders: [expect.stringContaining('/forgotten-')],
      sharedMemory: [expect.stringMatching(/^\s*-?\d+\s+\d+.* 4096 /)],
    });
    await expectNothingLeft(runDir, pids);
  },
);

/** Everything that a test can leave in the stack host; what belongs to its worker is not part of it. */
const forgotten = `
import fs from 'node:fs';
import { test } from '$fixtures';
import { leaseFresh, spawnProcess, startOwnPostgres } from '$root/fixtures/stack/lease/protocol.ts';
const lasting = (label) => ({
  label, timeoutMs: 20_000, env: {}, ready: { line: 'up', url: 'http://nowhere' },
  args: ['-e', "console.log('up'); setInterval(() => {}, 1000)"],
});
test('ends all that it starts', async ({ freshDatabase, startOwnTarget }) => { await freshDatabase('shop'); await startOwnTarget(); });
test('database', async ({ _postgres, _host }) => { await _host.rpc.sendRequest(leaseFresh, { template: 'shop' }); });
test('ends all that it starts, after one that did not', async ({ freshDatabase }) => { await freshDatabase('shop'); });
test('process', async ({ _host }) => { await _host.rpc.sendRequest(spawnProcess, lasting('nuisance-7')); });
test('server', async ({ _host }) => {
  await _host.rpc.sendRequest(startOwnPostgres, { label: 'postgres-7', templates: [], settings: {} });
});
test('keeps for its worker', async ({ _host }) => {
  await _host.rpc.sendRequest(spawnProcess, lasting('keeper-w0'));
  ${mark}
});
`;

test(
  'a test that leaves something in the stack host fails, other tests do not, and the run leaves nothing behind',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const { run, runDir, pids } = await hold(testInfo, forgotten);
    const { report, code } = await run.ended;
    expect(code).toBe(1);
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
    const errors = Object.fromEntries(
      (report?.suites[0]?.specs ?? []).map(({ title, tests }) => [
        title,
        tests[0]?.results[0]?.errors.map(({ message }) => message?.split('.')[0]),
      ]),
    );
    expect(errors).toEqual({
      'ends all that it starts': [],
      database: [expect.stringMatching(/^Error: This test left behind: database \w+$/)],
      'ends all that it starts, after one that did not': [],
      process: [expect.stringMatching(/^Error: This test left behind: process nuisance-7 \(pid \d+\)$/)],
      server: ['Error: This test left behind: Postgres server postgres-7'],
      'keeps for its worker': [],
    });
  },
);

/** A killed process cannot remove its temporary files, so they are in a folder that the run removes. */
const killed = `
  const keeps = "const { mkdtempSync } = require('node:fs');"
    + "console.log('up', mkdtempSync(require('node:os').tmpdir() + '/left-')); setInterval(() => {}, 1000)";
  const options = { label: 'keeper-w0', timeoutMs: 20_000, env: {}, ready: { line: 'up', url: 'http://nowhere' } };
  const { value: { pid } } = await _host.rpc.sendRequest(spawnProcess, { ...options, args: ['-e', keeps] });
  await _host.rpc.sendRequest(stopProcess, { pid, signal: 'SIGKILL' });`;

test(
  'Ctrl-C during a test leaves nothing behind, temporary files of a killed process included',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const { run, runner, runDir, pids } = await hold(testInfo, holding(forever, killed));
    expect(
      fs.readdirSync(`${runDir}/temp`),
      'what the killed process left is in the temp folder of its run (TMPDIR of every child)',
    ).toContainEqual(expect.stringMatching(/^left-/));
    process.kill(-runner, 'SIGINT');
    expect((await run.ended).code).toBe(130);
    await expectNothingLeft(runDir, pids);
  },
);

test('Ctrl-C while the stack boots leaves nothing behind', requirement('STACK-03'), async ({}, testInfo) => {
  const run = await startInline(
    testInfo,
    { 'hold.spec.ts': holding(forever) },
    { env: { ...ownTempFolder(), MARK: testInfo.outputPath('mark') } },
  );
  const runner = run.child.pid as number;
  let runDir = '';
  // The first process that the run owns besides its host is a dependency that boots right now.
  await expect
    .poll(
      () => {
        runDir = runDirOf(runner) ?? '';
        return runDir ? ownedBy(runDir).length : 0;
      },
      { intervals: [5], timeout: 30_000 },
    )
    .toBeGreaterThan(0);
  const pids = ownedBy(runDir);
  process.kill(-runner, 'SIGINT');
  await run.ended;
  await expectNothingLeft(runDir, pids);
});

test(
  'the remains of a stack host that is killed together with its warden are swept by the next run',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    // A temp folder of its own: any other run that starts meanwhile would sweep, too.
    const env = ownTempFolder('awkward');
    const { run, runner, runDir, pids } = await hold(testInfo, holding(forever), env);
    for (const pid of [hostOf(runner) as number, ...wardensOf(runDir), runner]) process.kill(pid, 'SIGKILL');
    await run.ended;
    const left = ledgerOf(runDir, pids);
    expect(left.processes, 'nobody was left to clean up').not.toEqual([]);
    expect(left.folders, 'its sockets are in a short folder').toContainEqual(expect.stringContaining('-sockets-'));
    const idle = { 'a.spec.ts': `import { test } from '$fixtures'; test('nothing', () => {});` };
    const next = await runInline(testInfo, idle, { env });
    expect(next.code).toBe(0);
    expect(next.stderr).toContain('left behind');
    await expectNothingLeft(runDir, pids);
  },
);

test('two concurrent runs do not affect each other', requirement('STACK-03', 'STACK-06'), async ({}, testInfo) => {
  const writing = `
import { expect, test } from '$fixtures';
test('writes and reads its own', async ({ databases, query }) => {
  const { owner } = databases.shop.urls;
  const [{ before }] = await query(owner, "SELECT count(*)::int AS before FROM customers WHERE name = 'Only here'");
  expect(before).toBe(0);
  await query(owner, "INSERT INTO customers SELECT max(id) + 1, 'Only here', 'only@here', 'Spain', 'Vigo', '2024-01-01', NULL, 0, true FROM customers");
  await expect.poll(async () => (await query(owner, "SELECT count(*)::int AS n FROM customers WHERE name = 'Only here'"))[0].n).toBe(1);
});`;
  const runs = await Promise.all([1, 2].map(() => startInline(testInfo, { 'w.spec.ts': writing })));
  const ended = await Promise.all(runs.map((run) => run.ended));
  expect(ended.map((run) => run.code)).toEqual([0, 0]);
});
