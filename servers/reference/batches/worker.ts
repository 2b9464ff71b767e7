import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { ProblemError } from '../errors/problem.ts';
import type { PlatformServices } from '../services.ts';
import { begin, type Claim, type ClaimedBatch, claim, end, finishBatches } from './claims.ts';
import { beat, leave, recover, stillHeld } from './lease.ts';
import type { BatchMetrics } from './metrics.ts';
import { runItem } from './run.ts';

type Running = Claim & { abort: AbortController; done: Promise<void> };

const keyOf = ({ batch_id, position }: Pick<Claim, 'batch_id' | 'position'>) => `${batch_id}/${position}`;

/**
 * Processes the items of batches, BATCH_CONCURRENCY at once, together with other instances. It is woken by a batch that
 * this instance accepts and by an item that ends; polling finds batches of other instances.
 */
export function startWorker(services: PlatformServices, metrics: BatchMetrics, log: FastifyBaseLogger) {
  const { config, lifecycle, platform } = services;
  const { knex } = platform;
  const worker = randomUUID();
  const running = new Map<string, Running>();
  const stopped = new AbortController();
  let wake = Promise.withResolvers<void>();
  let nextBeat = 0;

  const work = async (item: Claim, batch: ClaimedBatch, signal: AbortSignal) => {
    try {
      const ending = await runItem(services, item, batch, signal);
      if (!(await end(knex, worker, item, ending))) return;
      metrics.items.inc({ outcome: ending.state === 'queued' ? 'requeued' : ending.state });
      if (ending.state !== 'queued') count(await finishBatches(knex, item.batch_id));
    } catch (err) {
      // The claim remains, and `recover` finds it.
      log.warn({ err, batch: item.batch_id, position: item.position }, 'batch item: ending not recorded');
    }
  };

  const start = (item: Claim, batch: ClaimedBatch) => {
    const abort = new AbortController();
    const done = work(item, batch, abort.signal).finally(() => {
      running.delete(keyOf(item));
      metrics.running.set(running.size);
      wake.resolve();
    });
    running.set(keyOf(item), { ...item, abort, done });
    metrics.running.set(running.size);
  };

  const count = (endings: readonly string[]) => {
    for (const outcome of endings) metrics.batches.inc({ outcome });
  };

  const fill = async () => {
    const free = config.BATCH_CONCURRENCY - running.size;
    if (free <= 0 || lifecycle.stopping) return;
    const items = await claim(knex, worker, free);
    if (items.length === 0) return;
    const batches = await begin(knex, [...new Set(items.map(({ batch_id }) => batch_id))]);
    for (const item of items) {
      const batch = batches.get(item.batch_id);
      if (batch) start(item, batch);
    }
  };

  /** Must not run during `fill`: items that are being claimed would look lost. */
  const keepUp = async () => {
    if (performance.now() < nextBeat) return;
    nextBeat = performance.now() + config.BATCH_LEASE_MS / 4;
    await beat(knex, worker, config.BATCH_LEASE_MS);
    // Checked before recovering, for items that ran before the check: items that end meanwhile are not lost.
    const before = [...running.values()];
    const held = new Set((await stillHeld(knex, worker)).map(keyOf));
    for (const item of before) if (!held.has(keyOf(item))) item.abort.abort(cancelled);
    for (const state of await recover(knex, worker, [...running.values()], config.BATCH_MAX_ATTEMPTS))
      metrics.items.inc({ outcome: state === 'queued' ? 'requeued' : state });
    count(await finishBatches(knex));
  };

  const loop = async () => {
    while (!stopped.signal.aborted) {
      wake = Promise.withResolvers();
      try {
        await keepUp();
        await fill();
      } catch (err) {
        log.warn({ err }, 'batch worker');
      }
      const timer = setTimeout(() => wake.resolve(), config.JOB_POLL_SECONDS * 1_000);
      await wake.promise;
      clearTimeout(timer);
    }
  };
  const looping = loop();

  return {
    wake: () => wake.resolve(),

    /** Aborts the running items of a cancelled batch. */
    abort(batchId: string): void {
      for (const item of running.values()) if (item.batch_id === batchId) item.abort.abort(cancelled);
    },

    /** Aborts the running items and requeues them, for another instance or the next start. */
    async stop(): Promise<void> {
      stopped.abort();
      wake.resolve();
      await looping;
      for (const { abort } of running.values())
        abort.abort(new ProblemError('shutting_down', 'The service stopped before the item was done.'));
      await Promise.all([...running.values()].map(({ done }) => done));
      await leave(knex, worker).catch((err: unknown) => log.warn({ err }, 'batch worker: leaving not recorded'));
    },
  };
}

const cancelled = new ProblemError('client_closed_request', 'The batch was cancelled.');

export type BatchWorker = ReturnType<typeof startWorker>;
