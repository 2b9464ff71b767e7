import { startPostgres } from '../../../../fixtures/stack/postgres/index.ts';

// A host that a test kills: boots Postgres for the run's folder it is given, says its pid, and stays.
const [runDir = '', cacheDir = ''] = process.argv.slice(2);
const postgres = await startPostgres({
  provider: 'embedded',
  cacheDir,
  runDir,
  progress: () => undefined,
  own: () => undefined,
});
process.send?.(postgres.pid);
setInterval(() => undefined, 60_000);
