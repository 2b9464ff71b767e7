import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import pg from 'pg';
import type { Config } from '../config.ts';

/** Called for every change, and after a lost connection, because changes may have been missed. */
type Watcher = () => void;

/**
 * Listens for changes of jobs with Postgres's LISTEN, on its own connection, which is replaced when it is lost. The
 * connection has the instance's name: while it exists, other instances do not take over this instance's jobs.
 *
 * @param name the application name in `pg_stat_activity`
 */
export function createListener(config: Config, url: string, name: string, logger: FastifyBaseLogger) {
  const watchers = new Map<string, Set<Watcher>>();
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on('error', (err) => logger.warn({ err }, 'lost the connection that listens for jobs'));
    client.on('notification', ({ payload }) => {
      for (const tell of watchers.get(payload ?? '') ?? []) tell();
    });
    await client.connect();
    await client.query('LISTEN plumbline_jobs');
    return client;
  };

  const listen = async (): Promise<void> => {
    for (let pauseMs = 100; !stopping.signal.aborted; pauseMs = Math.min(2 * pauseMs, 2_000)) {
      try {
        const client = await connect();
        first.resolve();
        pauseMs = 100;
        for (const set of watchers.values()) for (const tell of set) tell();
        const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
        const stop = () => void client.end().catch(() => {});
        stopping.signal.addEventListener('abort', stop, { once: true });
        if (stopping.signal.aborted) stop();
        await ended;
        stopping.signal.removeEventListener('abort', stop);
      } catch (err) {
        logger.warn({ err }, 'cannot listen for jobs');
        first.resolve();
      }
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const listening = listen();

  return {
    /** Resolves after the first attempt to connect. */
    started: first.promise,
    /** @returns a function that ends the watch */
    watch(id: string, tell: Watcher): () => void {
      const set = watchers.get(id) ?? new Set();
      watchers.set(id, set.add(tell));
      return () => {
        set.delete(tell);
        if (set.size === 0) watchers.delete(id);
      };
    },
    async end(): Promise<void> {
      stopping.abort();
      await listening;
    },
  };
}
