import { setTimeout as delay } from 'node:timers/promises';
import type { FullConfig } from '@playwright/test';
import { type Config, loadConfig } from '../../fixtures/config/index.ts';
import { targetMode } from '../../fixtures/config/target-mode.ts';
import { hideWhatWorkersLearnt } from '../../fixtures/redact/secrets/known.ts';
import { isNeeded } from '../../fixtures/stack/ahead.ts';
import { refuseForeignCacheDir } from '../../fixtures/stack/cache-dir.ts';
import { connectHost } from '../../fixtures/stack/lease/client.ts';
import { bootAhead, progress, shutdown } from '../../fixtures/stack/lease/protocol.ts';
import { createRunDir, recordOwned, sweepDeadRuns } from '../../fixtures/stack/lease/rundir.ts';
import { misplaced } from '../../fixtures/stack/misplaced.ts';
import { imagesOf } from '../../fixtures/stack/registry.ts';
import { handOnProfile } from '../../fixtures/target/profile/load.ts';
import { unusable } from '../../fixtures/text/user-error.ts';
import { within } from '../../fixtures/text/within.ts';
import { compileCache } from './compiled.ts';
import { hostError, howEnded, startHost } from './start.ts';
import { startSteward } from './steward.ts';

/** Longer than the host's own limits, so that SIGKILL is for one that hangs. */
const endMs = 30_000;
/** From a connection that fails to the exit event of the host. */
const goneMs = 2_000;
/** Shares of the longest boot: importing a file, and starting a process that boots nothing yet. */
const [importShare, hostShare] = [1 / 15, 1 / 2];
/** Images of model servers have many gigabytes. */
const pullMs = 30 * 60_000;

/**
 * Playwright's global set-up: starts the run's stack host and ends it after the run; the stack begins to boot where a suite
 * that needs it is to run. Every wait has a deadline: until the first test nobody but this says what a run is doing.
 */
export default async function startStackHost(run: FullConfig): Promise<() => Promise<void>> {
  const config = loadConfig();
  const problems = misplaced(config);
  if (problems.length > 0) throw unusable(problems);
  const { PLUMBLINE_BOOT_TIMEOUT_MS: bootMs } = config;
  const { start } = await handOnProfile(config.TARGET_PROFILE, bootMs * importShare);
  if (targetMode(config) === 'command' && !start) throw unusable([notStartable(config)]);
  refuseForeignCacheDir(config.PLUMBLINE_CACHE_DIR);
  // For the host and the workers, which start after this. Coverage of code out of a cache is imprecise.
  if (!process.env['NODE_V8_COVERAGE'] && !process.env['NODE_COMPILE_CACHE'])
    Object.assign(process.env, compileCache(config));
  await sweep(bootMs);
  const runDir = createRunDir();
  process.env['PLUMBLINE_RUN_DIR'] = runDir;

  recordOwned(runDir, process.pid, 'runner');
  const { host, exited, log } = await startHost(runDir, bootMs * hostShare, say);
  const steward = startSteward({ host, runDir, log, say });
  const connection = await connectHost('runner', 'runner').catch(async (error: unknown) => {
    steward.release();
    // The host's own end explains more.
    const end = await Promise.race([exited, delay(goneMs)]);
    throw end ? hostError(`The stack host ${howEnded(end)} as soon as it was ready.`, log) : error;
  });
  connection.rpc.onDispose(steward.hungUp);
  connection.rpc.onNotification(progress, ({ line }) => say(line));
  await bringImages(config);
  if (targetMode(config) === 'reference' && isNeeded(run)) await connection.rpc.sendNotification(bootAhead);

  return async () => {
    // The run's folder goes with the host, and the sweep for secrets comes after it.
    hideWhatWorkersLearnt();
    steward.release();
    host.ref();
    const killer = setTimeout(() => host.kill('SIGKILL'), endMs);
    // Throws where the connection is gone, and the host is or soon will be.
    await (async () => connection.rpc.sendRequest(shutdown))().catch(() => {});
    await connection[Symbol.asyncDispose]();
    await exited;
    clearTimeout(killer);
    const lost = steward.lost();
    if (lost) throw lost;
  };
}

const notStartable = ({ TARGET_PROFILE }: Config): string =>
  `TARGET_PROFILE=${TARGET_PROFILE} describes a service, but not how it is started, and TARGET_URL is not set. Add start: { command: '…' } to the description, or set TARGET_URL to the service that runs already.`;

/** Before the first test: a pull takes what the network gives, which no test's limit should count. */
async function bringImages(config: Config): Promise<void> {
  if (config.TARGET_URL) return;
  const wanted = imagesOf(config);
  if (wanted.length === 0) return;
  const { ensureImage } = await import('../../fixtures/stack/docker/pull.ts');
  // An image that cannot be pulled is reported by the first test that needs it.
  for (const image of wanted)
    await within(ensureImage(image, say), {
      what: `the image ${image}`,
      ms: pullMs,
      remedy: `Bring it with: docker pull ${image}.`,
      say,
    }).catch(() => undefined);
}

/** The next run sweeps what this one cannot sweep in time. */
async function sweep(ms: number): Promise<void> {
  const remedy = 'The next run tries again.';
  const sweeping = sweepDeadRuns(say);
  sweeping.catch(() => {});
  const swept = await within(sweeping, { what: 'what earlier runs left behind to be swept', ms, remedy, say }).catch(
    (error: Error) => void say(error.message),
  );
  if (swept) say(`swept what ${swept} earlier run${swept > 1 ? 's' : ''} left behind`);
}

/** Progress goes to stderr, so that `--reporter=json` stays clean on stdout. */
function say(line: string): void {
  process.stderr.write(`plumbline: ${line}\n`);
}
