import { embedded } from '../../../../fixtures/stack/postgres/embedded.ts';

// A host that a test kills: boots Postgres for the run's folder it is given, sends its pid, and stays.
const [runDir = '', cacheDir = ''] = process.argv.slice(2);
const postgres = await embedded.start(
  { PLUMBLINE_CACHE_DIR: cacheDir },
  { runDir, progress: () => undefined, own: () => undefined },
);
process.send?.(postgres.pid);
setInterval(() => undefined, 60_000);
