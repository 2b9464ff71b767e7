import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { skipWithout } from '../../../../fixtures/stack/optional/skip.ts';
import { findBinaries } from '../../../../fixtures/stack/postgres/binaries.ts';
import { packName } from '../../../../fixtures/stack/postgres/cache.ts';
import { readPack, writePack } from '../../../../fixtures/stack/postgres/pack.ts';
import { createPlace } from '../../../../fixtures/stack/postgres/place.ts';
import { startServer } from '../../../../fixtures/stack/postgres/server.ts';
import { seedHash } from '../../../../fixtures/stack/postgres/settings.ts';
import type { StartedPostgres } from '../../../../fixtures/stack/postgres/types.ts';
import { serverUser } from '../../../../fixtures/stack/postgres/user.ts';
import { tableCounts } from '../../../../seed/databases/counts.ts';
import type { TemplateName } from '../../../../seed/databases/templates.ts';
import { ledgerOf, nothing } from '../../support/ledger.ts';
import {
  expect,
  makeRunDir,
  query,
  removeEmptied,
  sharedCache,
  startOptions,
  startPostgres,
  test,
} from '../../support/postgres-servers.ts';

test.describe.configure({ mode: 'default' });

/** The tables of a seeded template; `platform` is empty until a service creates its schema. */
const tablesOf = (template: string): string[] =>
  template === 'platform' ? [] : [...Object.keys(tableCounts[template as TemplateName]), 'private.secrets'];

/** A fingerprint of every row of every template. */
async function contentOf(postgres: StartedPostgres): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const template of postgres.templates) {
    const { database } = await postgres.leaseFresh(template);
    for (const table of tablesOf(template)) {
      const sql = `SELECT md5(string_agg(t::text, E'\\n' ORDER BY id)) AS hash FROM ${table} t`;
      hashes[`${template}.${table}`] =
        (await query<{ hash: string }>(postgres.url(database, 'owner'), sql))[0]?.hash ?? '';
    }
    await postgres.releaseFresh(database);
  }
  return hashes;
}

test(
  'two concurrent first boots of Postgres share one cache, and a warm boot has the same rows',
  requirement('STACK-02', 'STACK-04'),
  async ({}, testInfo) => {
    const cacheDir = testInfo.outputPath('cache');
    const runDirs = [makeRunDir(), makeRunDir(), makeRunDir()] as const;
    const cold = await Promise.all([runDirs[0], runDirs[1]].map((dir) => startPostgres(startOptions(dir, cacheDir))));
    const warm = await startPostgres(startOptions(runDirs[2], cacheDir));
    expect([...cold, warm].map(({ report }) => report.detail['cached'])).toEqual([false, false, true]);
    const [first, second, third] = await Promise.all([...cold, warm].map(contentOf));
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(Object.values(first ?? {}).every((hash) => hash.length === 32)).toBe(true);
    await Promise.all([...cold, warm].map((postgres) => postgres.stop()));
    expect(fs.readdirSync(cacheDir)).toEqual([expect.stringMatching(/^postgres-[0-9a-f]{16}\.pack$/)]);
    testInfo.annotations.push({
      type: 'boot',
      description: `cold ${cold.map(({ report }) => Math.round(report.ms)).join(' and ')} ms at once, warm ${Math.round(warm.report.ms)} ms`,
    });
    for (const dir of runDirs) fs.rmSync(dir, { recursive: true });
  },
);

test(
  'a damaged Postgres cache is rebuilt even where it cannot be written, and a repaired one gives a warm boot even where it is read-only',
  requirement('STACK-02'),
  async ({ postgres }, testInfo) => {
    // An earlier run or test filled the shared cache.
    expect(postgres.lease.version).toMatch(/^18\./);
    const cacheDir = testInfo.outputPath('cache');
    fs.mkdirSync(cacheDir);
    const { version } = await findBinaries(serverUser(), [sharedCache]);
    // By its name: the newest may be that of another checkout, whose tests run meanwhile.
    const pack = packName(version, postgres.report.detail['medium'] as 'memory' | 'disk', seedHash());
    const whole = fs.readFileSync(path.join(sharedCache, pack));
    fs.writeFileSync(path.join(cacheDir, pack), whole.subarray(0, whole.length - 4096));
    const runDir = makeRunDir();
    for (const [cached, refused] of [
      [false, { appendFileSync: 'ENOSPC' }],
      [false, {}],
      [true, { utimesSync: 'EROFS' }],
    ] as const) {
      const options = startOptions(runDir, cacheDir);
      const started = await refusing(cacheDir, refused, () => startPostgres(options));
      expect(started.report.detail['cached'], 'whether the data directory came out of the cache').toBe(cached);
      if (!cached) expect(options.lines.at(-1)).toContain('is not whole');
      expect(options.lines.filter((line) => line.includes('PLUMBLINE_CACHE_DIR'))).toEqual(
        'appendFileSync' in refused ? [expect.stringContaining(`${cacheDir} has no space left (ENOSPC)`)] : [],
      );
      expect(fs.readdirSync(cacheDir), 'nothing half written').toEqual([pack]);
      await started.stop();
    }
    fs.rmSync(runDir, { recursive: true });
  },
);

/** Simulates a cache that is full or read-only: the mode of a folder does not stop root. */
async function refusing<T>(
  dir: string,
  refused: { readonly [name in 'appendFileSync' | 'utimesSync']?: string },
  work: () => Promise<T>,
): Promise<T> {
  const real = { appendFileSync: fs.appendFileSync, utimesSync: fs.utimesSync };
  for (const [name, code] of Object.entries(refused) as [keyof typeof real, string][])
    fs[name] = (file: unknown, ...rest: unknown[]) => {
      if (String(file).startsWith(dir)) throw Object.assign(new Error(`${code}: no`), { code });
      return (real[name] as (...all: unknown[]) => void)(file, ...rest);
    };
  try {
    return await work();
  } finally {
    Object.assign(fs, real);
  }
}

for (const [damage, harm] of [
  ['that lost its last byte', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ['with a changed byte', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from('#')])],
  ['that is empty', () => Buffer.alloc(0)],
  ['of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
] as const) {
  test(`a pack ${damage} is refused`, async ({}, testInfo) => {
    const [dir, pack] = [testInfo.outputPath('dir'), testInfo.outputPath('dir.pack')];
    fs.mkdirSync(path.join(dir, 'empty'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'file'), 'content');
    writePack(pack, dir);
    await readPack(pack, testInfo.outputPath('copy'), undefined);
    expect(fs.readdirSync(testInfo.outputPath('copy')).sort()).toEqual(['empty', 'file']);
    fs.writeFileSync(pack, harm(fs.readFileSync(pack)));
    await expect(readPack(pack, testInfo.outputPath('other'), undefined)).rejects.toThrow();
  });
}

test(
  'a Postgres that is stopped leaves no process, folder, socket or shared memory behind',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    skipWithout(test.info(), 'linux');
    const runDir = makeRunDir();
    const options = startOptions(runDir);
    const postgres = await startPostgres(options);
    await postgres.leaseFresh('shop');
    expect(ledgerOf(runDir, options.pids).processes.length).toBeGreaterThan(0);
    expect(ledgerOf(runDir, options.pids).sharedMemory).toHaveLength(1);
    const start = performance.now();
    await postgres.stop();
    testInfo.annotations.push({ type: 'stop', description: `${Math.round(performance.now() - start)} ms` });
    removeEmptied(runDir);
    expect(ledgerOf(runDir, options.pids)).toEqual(nothing);
  },
);

for (const victim of ['host', 'server'] as const) {
  test(`a Postgres whose ${victim} is killed leaves nothing behind`, requirement('STACK-03'), async () => {
    skipWithout(test.info(), 'linux');
    const runDir = makeRunDir();
    const host = fork(`${import.meta.dirname}/separate-host.ts`, [runDir, sharedCache], { execArgv: [] });
    try {
      const [pid] = (await once(host, 'message')) as [number];
      expect(ledgerOf(runDir, [pid]).sharedMemory).toHaveLength(1);
      if (victim === 'server') {
        // Stopped backends cannot notice the death of their postmaster, just as one that waits for a lock cannot.
        const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
        for (const child of children) process.kill(Number(child), 'SIGSTOP');
      }
      process.kill(victim === 'host' ? (host.pid as number) : pid, 'SIGKILL');
      const ofServer = () => ({
        folders: ledgerOf(runDir, [pid]).folders.filter((dir) => dir !== runDir),
        sharedMemory: ledgerOf(runDir, [pid]).sharedMemory,
        processes: ledgerOf(runDir, [pid]).processes.filter((line) => !line.startsWith(`${host.pid} `)),
      });
      await expect.poll(ofServer, { message: 'nothing of the server is left', timeout: 20_000 }).toEqual(nothing);
    } finally {
      host.kill('SIGKILL');
    }
    fs.rmSync(runDir, { recursive: true });
  });
}

test.describe('a boot of Postgres that fails', () => {
  async function context() {
    const runDir = makeRunDir();
    const user = serverUser();
    const place = createPlace(runDir, user);
    const remove = () => {
      place.remove();
      fs.rmSync(runDir, { recursive: true });
    };
    return { binaries: await findBinaries(user, [sharedCache, runDir]), user, place, own: () => undefined, remove };
  }

  test(
    'a Postgres that exits during its boot fails the boot at once with its last log lines',
    requirement('STACK-07'),
    async () => {
      const { remove, ...options } = await context();
      fs.mkdirSync(options.place.dataDir);
      if (options.user) fs.chownSync(options.place.dataDir, options.user.uid, options.user.gid);
      fs.chmodSync(options.place.dataDir, 0o700);
      const start = performance.now();
      await expect(startServer(options)).rejects.toThrow(/exited with code \d+ while it booted[\s\S]*postgresql\.conf/);
      expect(performance.now() - start).toBeLessThan(10_000);
      remove();
    },
  );

  test(
    'a socket path that is too long fails the boot of Postgres with an error that names the limit',
    requirement('STACK-07'),
    async () => {
      const { remove, ...options } = await context();
      const place = { ...options.place, socketDir: path.join(options.place.dir, 'x'.repeat(100)) };
      await expect(startServer({ ...options, place })).rejects.toThrow(/path of 1\d\d bytes.*TMPDIR/);
      remove();
    },
  );

  test(
    'a boot of Postgres that exceeds its time limit leaves nothing behind',
    requirement('STACK-03', 'STACK-07'),
    async () => {
      const runDir = makeRunDir();
      const options = startOptions(runDir);
      await expect(startPostgres({ ...options, signal: AbortSignal.abort('too late') })).rejects.toThrow(
        'PLUMBLINE_BOOT_TIMEOUT_MS',
      );
      removeEmptied(runDir);
      expect(ledgerOf(runDir, options.pids)).toEqual(nothing);
    },
  );
});
