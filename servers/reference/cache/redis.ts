import KeyvRedis, { createClient, type RedisClientOptions } from '@keyv/redis';
import type { KeyvStoreAdapter } from 'keyv';

const connectTimeoutMs = 1_000;
const longestPauseMs = 2_000;

type RedisStore = {
  store: KeyvStoreAdapter;
  ping(): Promise<void>;
  /** Keys in the database, whosever they are: to count one's own, Redis would have to look at all of them. */
  size(): Promise<number>;
  end(): Promise<void>;
};

/**
 * A store for Keyv in Redis or Valkey. Connects in the background, for ever again: a cache that is away is missed, and
 * used again when it is back.
 *
 * @param url `redis://`, `rediss://`, or `unix://` and the path of a socket
 * @param onError hears of every lost or refused connection
 */
export function redisStore(url: string, onError: (error: Error) => void): RedisStore {
  const reconnectStrategy = (attempts: number) => Math.min(50 * 2 ** attempts, longestPauseMs);
  const address = new URL(url);
  const options: RedisClientOptions =
    address.protocol === 'unix:'
      ? { socket: { path: decodeURIComponent(address.pathname), tls: false, reconnectStrategy } }
      : {
          url,
          socket: { connectTimeout: connectTimeoutMs, reconnectStrategy } as RedisClientOptions['socket'] & object,
        };
  // Without the offline queue, a request that meets a lost connection is told at once instead of waiting for the next.
  const client = createClient({ ...options, disableOfflineQueue: true });
  client.on('error', onError);
  const connecting = client.connect().catch(onError);
  return {
    store: new KeyvRedis(client, { throwOnErrors: true }) as KeyvStoreAdapter,
    async ping() {
      await client.ping();
    },
    size: () => client.dbSize(),
    async end() {
      client.destroy();
      await connecting;
    },
  };
}
