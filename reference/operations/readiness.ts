import type { Config } from '../config.ts';
import type { Database } from '../databases/database.ts';
import { ProblemError } from '../errors/problem.ts';
import type { ModelClient } from '../model/client.ts';
import { tenths } from '../tenths.ts';

type Status = 'up' | 'degraded' | 'down';
export type Dependency = { status: Status; latency_ms: number; needed: boolean; detail?: string };

type Finding = { status: Status; detail?: string };

const patienceMs = 1_000;

/**
 * Asks every dependency for a sign of life, all at once, each for at most a second.
 *
 * @returns by name: `model`, and `postgres:` with the database's name
 */
export async function checkDependencies(
  config: Config,
  model: ModelClient,
  databases: ReadonlyMap<string, Database>,
): Promise<Record<string, Dependency>> {
  const checks: [string, (signal: AbortSignal) => Promise<Finding>][] = [
    ['model', (signal) => checkModel(config, model, signal)],
    ...[...databases].map(([name, database]): (typeof checks)[number] => [
      `postgres:${name}`,
      async (signal) => {
        await database.ping(signal);
        return { status: 'up' };
      },
    ]),
  ];
  return Object.fromEntries(await Promise.all(checks.map(async ([name, check]) => [name, await timed(check)])));
}

async function checkModel(config: Config, model: ModelClient, signal: AbortSignal): Promise<Finding> {
  const ids = await model.listModels(signal);
  if (ids.includes(config.MODEL_ID)) return { status: 'up' };
  return { status: 'degraded', detail: `the server does not list ${config.MODEL_ID}` };
}

async function timed(check: (signal: AbortSignal) => Promise<Finding>): Promise<Dependency> {
  const started = performance.now();
  const signal = AbortSignal.timeout(patienceMs);
  const late = Promise.withResolvers<never>();
  const onAbort = () => late.reject(new Error(`no answer within ${patienceMs} ms`));
  signal.addEventListener('abort', onAbort, { once: true });
  const finding = await Promise.race([check(signal), late.promise]).catch(
    (error: unknown): Finding => ({ status: 'down', detail: publicReason(error) }),
  );
  signal.removeEventListener('abort', onAbort);
  const latency = tenths(performance.now() - started);
  return { needed: true, ...finding, latency_ms: latency };
}

/** Addresses and users in a driver's message are nobody's business outside. */
function publicReason(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? (message.startsWith('no answer') ? message : 'failed');
}
