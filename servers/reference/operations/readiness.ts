import type { Config } from '../config.ts';
import { ProblemError } from '../errors/problem.ts';
import type { ModelClient } from '../model/client.ts';
import { tenths } from '../tenths.ts';

type Status = 'up' | 'degraded' | 'down';
export type Dependency = { status: Status; latency_ms: number; needed: boolean; detail?: string };

type Finding = { status: Status; detail?: string };

/** Checks one dependency; throws if it does not respond. */
export type Check = { needed: boolean; run(signal: AbortSignal): Promise<Finding> };

/** The checks by name: `model`, and `postgres:` with the database's name. Capabilities add their own. */
export type Checks = Map<string, Check>;

const patienceMs = 1_000;

export type Pingable = { ping(signal: AbortSignal): Promise<void> };

/** The checks of the dependencies that every service has. */
export function createChecks(config: Config, model: ModelClient, databases: ReadonlyMap<string, Pingable>): Checks {
  const checks: Checks = new Map([['model', { needed: true, run: (signal) => checkModel(config, model, signal) }]]);
  for (const [name, database] of databases)
    checks.set(`postgres:${name}`, {
      needed: true,
      async run(signal) {
        await database.ping(signal);
        return { status: 'up' };
      },
    });
  return checks;
}

/** Checks all dependencies at once, each for at most a second. */
export async function checkDependencies(checks: Checks): Promise<Record<string, Dependency>> {
  return Object.fromEntries(await Promise.all([...checks].map(async ([name, check]) => [name, await timed(check)])));
}

async function checkModel(config: Config, model: ModelClient, signal: AbortSignal): Promise<Finding> {
  const ids = await model.listModels(signal);
  if (ids.includes(config.MODEL_ID)) return { status: 'up' };
  return { status: 'degraded', detail: `the server does not list ${config.MODEL_ID}` };
}

async function timed({ needed, run }: Check): Promise<Dependency> {
  const started = performance.now();
  const signal = AbortSignal.timeout(patienceMs);
  const late = Promise.withResolvers<never>();
  const onAbort = () => late.reject(new Error(`no answer within ${patienceMs} ms`));
  signal.addEventListener('abort', onAbort, { once: true });
  const finding = await Promise.race([run(signal), late.promise]).catch(
    (error: unknown): Finding => ({ status: 'down', detail: publicReason(error) }),
  );
  signal.removeEventListener('abort', onAbort);
  const latency = tenths(performance.now() - started);
  return { needed, ...finding, latency_ms: latency };
}

/** A driver's message is not published, because it may contain addresses and user names. */
function publicReason(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? (message.startsWith('no answer') ? message : 'failed');
}
