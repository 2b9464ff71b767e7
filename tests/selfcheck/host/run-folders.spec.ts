import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { defaultCacheDir } from '../../../fixtures/config/settings.ts';
import { placeOf } from '../../../fixtures/faults/links/routes.ts';
import { socketUrl } from '../../../fixtures/stack/cache/binary.ts';
import { refuseForeignCacheDir } from '../../../fixtures/stack/cache-dir.ts';
import { ownFolder } from '../../../fixtures/stack/folder.ts';
import { placeVariable, sweepMemory } from '../../../fixtures/stack/lease/memory.ts';
import { claimRun, createRunDir, hostSocket, removeRun, sweepDeadRuns } from '../../../fixtures/stack/lease/rundir.ts';
import { longestSocketPath, makeSocketDir, socketDir, sweepSockets } from '../../../fixtures/stack/lease/sockets.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { copyNative, findBinaries } from '../../../fixtures/stack/postgres/binaries.ts';
import { createPlace } from '../../../fixtures/stack/postgres/place.ts';
import { serverUser } from '../../../fixtures/stack/postgres/user.ts';
import { ledgerOf, nothing } from '../support/ledger.ts';
import { makeRunDir } from '../support/postgres-servers.ts';

// Windows has neither modes of files nor owners by number.
test.beforeEach(({}, testInfo) => skipWithout(testInfo, 'unix'));

const real = { tmpdir: process.env['TMPDIR'], umask: process.umask() };
const bases: string[] = [];
test.afterEach(() => {
  for (const base of bases.splice(0)) fs.rmSync(base, { recursive: true, force: true });
  process.umask(real.umask);
  if (real.tmpdir === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = real.tmpdir;
});

/** The number of a process that was. */
async function endedPid(): Promise<number> {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid as number;
}

/** A run's folder that is too deep for a socket, with its sockets elsewhere. */
function makeDeepRun(): string {
  process.env['TMPDIR'] = path.join(ownBase(), 'deep-'.repeat(24));
  return createRunDir();
}

/** A folder that goes with the test; short, and open to the user that Postgres runs as. */
function ownBase(): string {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'plumb-'));
  fs.chmodSync(base, 0o711);
  bases.push(base);
  return base;
}

test('a run whose folder is too deep puts its sockets into a short folder, which is removed with it', () => {
  process.umask(0o077);
  const runDir = makeDeepRun();
  expect(Buffer.byteLength(hostSocket(runDir))).toBeLessThan(longestSocketPath);
  const dir = socketDir(runDir);
  expect(fs.statSync(dir).mode & 0o777, 'others pass through it and do not list it').toBe(0o711);
  const user = serverUser();
  const place = createPlace(runDir, user, false);
  expect(place).toMatchObject({ medium: 'disk', dir: expect.stringMatching(`^${runDir}`) });
  expect(place.socketDir).toMatch(new RegExp(`^${dir}/pg-`));
  expect(fs.statSync(place.socketDir).uid).toBe(user?.uid ?? process.getuid?.());
  place.remove();
  expect(fs.existsSync(place.socketDir)).toBe(false);
  removeRun(runDir);
  expect(ledgerOf(runDir)).toEqual(nothing);
});

test('sockets of a run whose folder was removed are swept, and those of an existing run stay', () => {
  const [gone, there] = [makeDeepRun(), makeDeepRun()];
  fs.rmSync(gone, { recursive: true });
  const dir = socketDir(there);
  sweepSockets();
  expect(ledgerOf(gone)).toEqual(nothing);
  expect(fs.existsSync(dir)).toBe(true);
  removeRun(there);
});

test('the folders of a self-check that was killed outright, in memory too, are swept by the next run', async ({}, testInfo) => {
  skipWithout(testInfo, 'linux');
  // Where no other run sweeps.
  process.env['TMPDIR'] = ownBase();
  const [killed, alive] = [makeRunDir(), makeRunDir()];
  const places = [killed, alive].map((runDir) => createPlace(runDir, serverUser(), true));
  claimRun(killed, await endedPid());
  expect(await sweepDeadRuns(() => {}), 'number of runs swept').toBe(1);
  expect(ledgerOf(killed)).toEqual(nothing);
  expect(places.map(({ dir }) => fs.existsSync(dir))).toEqual([false, true]);
  removeRun(alive);
});

test('folders in memory that no run is found for are swept when they are old and no process is in them', async ({}, testInfo) => {
  skipWithout(testInfo, 'linux');
  const names = ['plumbline-01234567', 'plumbline-89abcdef', 'plumbline-0a1b2c3d', 'plumbline-sockets-0'] as const;
  const [old, inUse, young, sockets] = names.map((name) => testInfo.outputPath('memory', name, 'pg-a')) as [
    string,
    string,
    string,
    string,
  ];
  for (const server of [old, inUse, young, sockets]) fs.mkdirSync(path.join(server, 'data'), { recursive: true });
  const longAgo = new Date(Date.now() - 3 * 3_600_000);
  for (const server of [old, inUse, sockets])
    for (const dir of [path.join(server, 'data'), server, path.dirname(server)]) fs.utimesSync(dir, longAgo, longAgo);
  const server = spawn('sleep', ['60'], { env: { ...process.env, [placeVariable]: inUse }, stdio: 'ignore' });
  try {
    await once(server, 'spawn');
    const there = () => [old, inUse, young, sockets].map((dir) => fs.existsSync(dir));
    sweepMemory(testInfo.outputPath('memory'));
    expect(there(), 'old, in use, young, of sockets').toEqual([false, true, true, true]);
  } finally {
    server.kill('SIGKILL');
  }
});

test('a run without a usable short folder for sockets ends with one line that names TMPDIR, what was tried and what to do', ({}, testInfo) => {
  const runDir = testInfo.outputPath('deep-'.repeat(24), 'run');
  fs.mkdirSync(runDir, { recursive: true });
  const planted = testInfo.outputPath('planted');
  fs.symlinkSync(runDir, planted);
  const tried = () => makeSocketDir(runDir, [`/${'x'.repeat(200)}`, '/dev/null/sockets']);
  expect(tried).toThrow(/^TMPDIR is too long: .* is also too long; ENOTDIR.*Set TMPDIR to a shorter one\.$/);
  expect(() => ownFolder(planted), "somebody else's choice is not followed").toThrow(`${planted} is not a folder`);
});

test('an unusable temp folder ends the run with one line that names it and what to do', ({}, testInfo) => {
  const file = testInfo.outputPath('file');
  fs.writeFileSync(file, '');
  process.env['TMPDIR'] = file;
  expect(os.tmpdir(), 'the temp folder that Node takes from TMPDIR').toBe(file);
  expect(createRunDir).toThrow(
    /^No folder for this run: ENOTDIR.*Set TMPDIR to a folder that this user can write to\.$/,
  );
  expect(() => refuseForeignCacheDir(defaultCacheDir()), 'a run goes on without a cache').not.toThrow();
});

test('the default cache folder is refused when another user has put something in its place', ({}, testInfo) => {
  const temp = testInfo.outputPath('temp');
  fs.mkdirSync(temp);
  process.env['TMPDIR'] = temp;
  fs.symlinkSync(testInfo.outputDir, defaultCacheDir());
  expect(() => refuseForeignCacheDir(defaultCacheDir())).toThrow(
    /^The default cache folder is not usable: .* is not a folder\. Set PLUMBLINE_CACHE_DIR/,
  );
  expect(() => refuseForeignCacheDir(testInfo.outputDir), 'a named folder is its user’s choice').not.toThrow();
});

test('the URL of a socket leads to the socket, whatever characters its path has', () => {
  const socket = '/tmp/é ü/a#b?c%20d/cache.sock';
  expect(placeOf(socketUrl(socket)).upstream).toEqual({ path: socket });
});

test('copied Postgres programs are open to other users despite a strict umask', async ({}, testInfo) => {
  const { initdb } = await findBinaries(undefined, []);
  const copy = testInfo.outputPath('postgres');
  process.umask(0o077);
  fs.mkdirSync(copy);
  await copyNative(path.resolve(initdb, '../..'), copy);
  const closed = ['.', ...fs.readdirSync(copy, { recursive: true, encoding: 'utf8' })].filter((name) => {
    const found = fs.statSync(path.join(copy, name));
    const needed = found.isDirectory() || name.startsWith('bin/') ? 0o005 : 0o004;
    return (found.mode & needed) !== needed;
  });
  expect(closed).toEqual([]);
  // Programs are no evidence: what a run leaves among its results is searched for secrets.
  fs.rmSync(copy, { recursive: true });
});
