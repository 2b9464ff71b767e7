import net from 'node:net';
import { type Config, loadConfig } from '../../../fixtures/config/index.ts';
import { findServer } from '../../../fixtures/stack/cache/binary.ts';
import { type Choice, chooseProviders } from '../../../fixtures/stack/choice.ts';
import { attach } from '../../../fixtures/target/attach.ts';
import { loadProfile } from '../../../fixtures/target/profile/load.ts';
import type { Finding } from './finding.ts';
import { embedded, executable, onPath } from './programs.ts';

/** What one dependency of a run would be, and whether that would do. */
export interface Role {
  readonly role: string;
  readonly provider: string;
  readonly reason: string;
  readonly usable: boolean;
  /** Why not, and what to do. */
  readonly problem?: string;
}

const patienceMs = 3_000;

/** Every role of a run with these settings. Of an attached target nothing else is booted. */
export async function rolesOf(config: Config, machine: readonly Finding[]): Promise<Role[]> {
  if (config.TARGET_URL) return [await attachedTarget(config)];
  const choices = Object.entries(chooseProviders(config));
  const roles = choices.map(async ([role, choice]): Promise<Role> => {
    const problem = await problemOf(role, choice, config, machine);
    const shown = { role, ...(role === 'cache' ? whatIsThere(choice) : choice) };
    return problem === undefined ? { ...shown, usable: true } : { ...shown, usable: false, problem };
  });
  const target = {
    role: 'target',
    provider: 'start',
    reason: 'TARGET_URL is not set: the reference service',
    usable: true,
  };
  return [...(await Promise.all(roles)), target];
}

async function attachedTarget(config: Config): Promise<Role> {
  const role = { role: 'target', provider: 'attach', reason: 'TARGET_URL is set: nothing else is booted' };
  try {
    const profile = await loadProfile(config.TARGET_PROFILE);
    await attach(config, profile, AbortSignal.timeout(patienceMs));
    return { ...role, usable: true };
  } catch (error) {
    return { ...role, usable: false, problem: (error as Error).message };
  }
}

/** Without a cache server the service keeps its cache in its own database, unless one was asked for. */
function whatIsThere({ provider, reason }: Choice<string>): Choice<string> {
  if (provider !== 'binary' || findServer() || loadConfig().PLUMBLINE_CACHE === 'binary') return { provider, reason };
  return { provider: 'none', reason: `${reason}, and no redis-server or valkey-server is on PATH` };
}

const urls = {
  postgres: 'DATABASE_URL',
  model: 'MODEL_SERVER_URL',
  vectors: 'VECTOR_DATABASE_URL',
  cache: 'CACHE_URL',
} as const satisfies Record<string, keyof Config>;

async function problemOf(
  role: string,
  { provider }: Choice<string>,
  config: Config,
  machine: readonly Finding[],
): Promise<string | undefined> {
  if (provider === 'external') return unreachable(urls[role as keyof typeof urls], config);
  if (provider === 'docker') {
    const docker = machine.find(({ name }) => name === 'Docker');
    return docker?.state === 'there' ? undefined : `Docker: ${docker?.detail}; ${docker?.remedy}`;
  }
  if (provider === 'binary' && role === 'model') return noLlamaServer(config);
  if (provider === 'binary' && config.PLUMBLINE_CACHE === 'binary' && !findServer())
    return 'neither redis-server nor valkey-server is on PATH: install one, or set PLUMBLINE_CACHE=none';
  if (provider !== 'embedded') return undefined;
  const needed = new Map([
    ['postgres', embedded.postgres],
    ['model', embedded.llama],
  ]).get(role)?.();
  return needed?.state === 'lacking' ? `${needed.detail}: ${needed.remedy}` : undefined;
}

function noLlamaServer({ LLAMA_SERVER_BIN: named }: Config): string | undefined {
  if (named ? executable(named) : onPath('llama-server')) return undefined;
  return named
    ? `LLAMA_SERVER_BIN=${named} is no program`
    : 'llama-server is not on PATH: install llama.cpp, or set LLAMA_SERVER_BIN';
}

/** Whether somebody listens there; what it is, a run finds out. The URL may hold a password and is not shown. */
async function unreachable(name: (typeof urls)[keyof typeof urls], config: Config): Promise<string | undefined> {
  const { protocol, hostname, port, pathname } = new URL(config[name] as string);
  const usual: Record<string, number> = { 'https:': 443, 'http:': 80, 'redis:': 6379, 'rediss:': 6379 };
  const where =
    protocol === 'unix:'
      ? { path: decodeURIComponent(pathname) }
      : { host: hostname, port: Number(port) || (usual[protocol] ?? 5432) };
  const socket = net.connect({ ...where, timeout: patienceMs } as net.NetConnectOpts);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.once('connect', () => resolve(undefined));
  socket.once('timeout', () => resolve('no answer in time'));
  socket.once('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
  const problem = await promise.finally(() => socket.destroy());
  return (
    problem && `${name}: nobody answers at ${protocol === 'unix:' ? pathname : `${hostname}:${port}`} (${problem})`
  );
}
