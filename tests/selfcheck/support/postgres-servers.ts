import fs from 'node:fs';
import { test as base, expect } from '@playwright/test';
import pg from 'pg';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { claimRun, createRunDir, recordOwned, removeRun } from '../../../fixtures/stack/lease/rundir.ts';
import { removeSocketDir } from '../../../fixtures/stack/lease/sockets.ts';
import { findBinaries } from '../../../fixtures/stack/postgres/binaries.ts';
import { embedded } from '../../../fixtures/stack/postgres/embedded.ts';
import { initialise } from '../../../fixtures/stack/postgres/initialise.ts';
import { createPlace, socketUrl } from '../../../fixtures/stack/postgres/place.ts';
import { startServer } from '../../../fixtures/stack/postgres/server.ts';
import type { StartedPostgres } from '../../../fixtures/stack/postgres/types.ts';
import { serverUser } from '../../../fixtures/stack/postgres/user.ts';

export { expect };

/** The cache that runs use, so that these tests start warm as well. */
export const sharedCache = loadConfig().PLUMBLINE_CACHE_DIR;

/** A run's folder, as that of any run: where this process is killed outright, the next run sweeps what is left of it. */
export function makeRunDir(): string {
  const dir = createRunDir();
  recordOwned(dir, process.pid, 'runner');
  claimRun(dir, process.pid);
  return dir;
}

/** What says whose folder it is, and where its sockets are. */
const ofFolder = new Set(['host.json', 'owned.jsonl', 'sockets']);

/** Removes the folder of a run that must have nothing else in it any more. What it has elsewhere stays. */
export function removeEmptied(runDir: string): void {
  expect(fs.readdirSync(runDir).filter((name) => !ofFolder.has(name))).toEqual([]);
  removeSocketDir(runDir);
  fs.rmSync(runDir, { recursive: true });
}

/** The options of a start, with everything that is reported through them. */
export function startOptions(runDir: string, cacheDir = sharedCache) {
  const [lines, pids]: [string[], number[]] = [[], []];
  return {
    cacheDir,
    runDir,
    progress: (line: string) => void lines.push(line),
    own(pid: number, as?: 'watched') {
      pids.push(pid);
      recordOwned(runDir, pid, as);
    },
    lines,
    pids,
  };
}

/** Starts the embedded Postgres. */
export const startPostgres = (
  options: ReturnType<typeof startOptions> & { signal?: AbortSignal },
): Promise<StartedPostgres> => embedded.start({ PLUMBLINE_CACHE_DIR: options.cacheDir }, options);

/** Runs one query on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A server of somebody else's: nothing of Plumbline's is on it. */
async function startBare(runDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const user = serverUser();
  const binaries = await findBinaries(user, [sharedCache, runDir]);
  const place = createPlace(runDir, user);
  const context = { binaries, user, place, own: () => undefined };
  await initialise(context);
  const server = await startServer(context);
  return {
    url: socketUrl(place.socketDir, undefined, 'admin'),
    async stop() {
      await server.stop('immediate');
      place.remove();
    },
  };
}

/** A seeded server and somebody else's, each shared by the tests of a file that ask for it. */
export const test = base.extend<object, { postgres: StartedPostgres; foreign: { url: string } }>({
  postgres: [
    async ({}, use) => {
      const runDir = makeRunDir();
      const started = await startPostgres(startOptions(runDir));
      await use(started);
      await started.stop();
      removeRun(runDir);
    },
    { scope: 'worker' },
  ],
  foreign: [
    async ({}, use) => {
      const runDir = makeRunDir();
      const server = await startBare(runDir);
      await use(server);
      await server.stop();
      removeRun(runDir);
    },
    { scope: 'worker' },
  ],
});
