import type { Config } from '../../../fixtures/config/index.ts';
import {
  claimRun,
  createRunDir,
  recordOwned,
  removeRun,
  sweepDeadRuns,
  sweepRun,
} from '../../../fixtures/stack/lease/rundir.ts';
import type { Templates } from '../../../fixtures/stack/postgres/templates.ts';
import type { StartedPostgres } from '../../../fixtures/stack/postgres/types.ts';
import { providerOf, settle } from '../../../fixtures/stack/registry.ts';
import { CliError } from '../cli-error.ts';

/** A Postgres for this command alone, with its run folder. */
export interface RunningPostgres extends AsyncDisposable {
  readonly postgres: StartedPostgres;
}

/**
 * Starts a Postgres as a run would, with the provider that a run would choose. Ctrl-C ends it, too.
 *
 * @param templatesFor what its databases are cloned from; they get a way to write down the processes that fill them
 * @throws a CliError with what a run would say
 */
export async function startPostgres(
  config: Config,
  templatesFor: (own: (pid: number) => void) => Templates | undefined,
  say: (line: string) => void,
): Promise<RunningPostgres> {
  await sweepDeadRuns(say);
  const runDir = createRunDir();
  claimRun(runDir, process.pid);
  const own = (pid: number, as?: 'watched'): void => recordOwned(runDir, pid, as);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = (signal: NodeJS.Signals): void =>
    void sweepRun(runDir, say).finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  for (const signal of signals) process.once(signal, end);
  const leave = (): void => {
    for (const signal of signals) process.off(signal, end);
    removeRun(runDir);
  };
  const choice = await settle(config, 'postgres', 'all');
  const templates = templatesFor(own);
  try {
    if (choice.absence) throw new Error(`${choice.absence.problem}: ${choice.absence.remedy}`);
    const postgres = await providerOf('postgres', choice).start(config, {
      runDir,
      own,
      progress: say,
      signal: AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS),
      ...(templates ? { templates } : {}),
      processes: { spawn: refuse, stop: refuse, logs: () => [] },
      tracesUrl: refuse,
    });
    return {
      postgres,
      async [Symbol.asyncDispose]() {
        await postgres.stop();
        leave();
      },
    };
  } catch (error) {
    leave();
    throw new CliError(`Postgres (${choice.provider}: ${choice.reason}) cannot be used. ${(error as Error).message}`);
  }
}

/** Only other roles than Postgres spawn processes through a stack host. */
const refuse = (): Promise<never> => Promise.reject(new Error('There is no stack host here.'));
