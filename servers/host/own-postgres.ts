import type { Config } from '../../fixtures/config/index.ts';
import type { OwnPostgresLease } from '../../fixtures/stack/lease/protocol.ts';
import { type OwnServer, ownName, startOwnServer } from '../../fixtures/stack/postgres/own.ts';
import type { Run } from '../../fixtures/stack/provider.ts';
import type { TemplateName } from '../../seed/databases/templates.ts';

/** The Postgres servers of single tests: booted, acted on and ended by the host. */
export function createOwnPostgres(config: Config, { runDir, own, progress }: Run) {
  const servers = new Map<string, OwnServer>();

  const stop = async (label: string): Promise<void> => {
    const server = servers.get(label);
    servers.delete(label);
    await server?.stop();
  };

  return {
    async start(label: string, templates: string[], settings: Record<string, string>): Promise<OwnPostgresLease> {
      const began = performance.now();
      const wanted = templates as TemplateName[];
      const server = await startOwnServer({
        cacheDir: config.PLUMBLINE_CACHE_DIR,
        timeoutMs: config.PLUMBLINE_BOOT_TIMEOUT_MS,
        runDir,
        own,
        progress,
        templates: wanted,
        settings,
      });
      servers.set(label, server);
      const admin = server.url('postgres', 'admin');
      const ms = performance.now() - began;
      const urls = (name: string) => ({ owner: server.url(name, 'owner'), reader: server.url(name, 'reader'), admin });
      const databases = wanted.map(ownName).map((database) => ({ database, urls: urls(database), ms }));
      return { pid: server.pid(), url: admin, databases, ms };
    },
    async act(label: string, act: 'freeze' | 'thaw' | 'kill' | 'restart' | 'stop'): Promise<{ pid: number }> {
      if (act === 'stop') return stop(label).then(() => ({ pid: 0 }));
      const server = servers.get(label);
      if (!server)
        throw new Error(`There is no Postgres "${label}": it was stopped, or never started. Start one first.`);
      await server[act]();
      return { pid: act === 'kill' ? 0 : server.pid() };
    },
    stop,
    stopAll: async () => void (await Promise.allSettled([...servers.keys()].map(stop))),
    runs: (label: string) => servers.has(label),
    logs: (label: string, last: number) => servers.get(label)?.logs().slice(-last),
  };
}
