import KeyvRedis, { createClient, type RedisClientOptions } from '@keyv/redis';
import type { KeyvStoreAdapter } from 'keyv';

const connectTimeoutMs = 1_000;
const longestPauseMs = 2_000;

type RedisStore = {
  store: KeyvStoreAdapter;
  ping(): Promise<void>;
  /** All keys in the database, because counting only the service's own would need a scan. */
  size(): Promise<number>;
  end(): Promise<void>;
};

/**
 * A store for Keyv in Redis or Valkey. Reconnects in the background for ever, so that a cache that was down is used
 * again when it is back.
 *
 * @param url `redis://`, `rediss://`, or `unix://` and the path of a socket
 * @param onError called for every lost or refused connection
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
  // Without the offline queue, a request fails at once on a lost connection instead of waiting for the next one.
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
