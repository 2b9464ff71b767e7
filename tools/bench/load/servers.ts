import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createLoad, type Load } from '../../../fixtures/load/load.ts';
import { standardCapability } from '../../../fixtures/target/profile/index.ts';

interface BenchServer extends AsyncDisposable {
  readonly url: string;
  /**
   * Stands still for so long, so long from now: as a process does that waits for a disk, or for its garbage collector.
   *
   * @returns how long it did, by its own clock
   */
  freeze(afterMs: number, ms: number): Promise<number>;
}

/** A server in a thread of its own: it answers `ok` at once, after `?ms=` milliseconds, or with a stream (`server.ts`). */
export async function startServer(): Promise<BenchServer> {
  const worker = new Worker(new URL('./server.ts', import.meta.url), { execArgv: [] });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async freeze(afterMs, ms) {
      worker.postMessage({ afterMs, ms });
      const [frozen] = (await once(worker, 'message')) as [number];
      return frozen;
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

export const loadOn = (url: string): Load =>
  createLoad({
    baseUrl: url,
    headers: {},
    at: standardCapability,
    calibration: async () => null,
    onResult: async () => {},
  });

export const ms = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
