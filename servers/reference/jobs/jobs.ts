import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Knex } from 'knex';
import { fromKnex } from 'pg-boss';
import type { Config } from '../config.ts';
import { toProblemError } from '../errors/handling.ts';
import type { Platform } from '../platform/platform.ts';
import { inJobSpan, type TraceCarrier, traceCarrier } from '../tracing/jobs.ts';
import { createListener } from './listener.ts';
import { isOver, type JobError, type JobRow, jobRows } from './rows.ts';

export type Work = {
  /** After an error the job is tried again, except after a JobFailure. */
  run(job: {
    subject: string;
    /** Aborts when the service stops. The job is requeued for another instance or the next start. */
    signal: AbortSignal;
    /** @param percent 0 to 100 */
    progress(percent: number): Promise<void>;
  }): Promise<void>;
  /** Called before a job is marked as failed for good. */
  abandon(subject: string, error: JobError): Promise<void>;
};

/** A failure that another try cannot fix. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly error: JobError;

  constructor(code: string, message: string) {
    super(message);
    this.error = { code, message };
  }
}

export type Jobs = ReturnType<typeof createJobs>;

const retryLimit = 5;
const instancePrefix = 'plumbline-jobs-';
/** How long a job may be lost, and how often lost jobs are searched for. */
const astrayMs = 5_000;

/** Retries are not announced, so workers also poll for jobs. */
export const polling = ({ JOB_POLL_SECONDS }: Pick<Config, 'JOB_POLL_SECONDS'>) => ({
  pollingIntervalSeconds: JOB_POLL_SECONDS,
  notifyPollingIntervalSeconds: JOB_POLL_SECONDS,
});

/** Jobs that survive the process: accepted in the transaction of their cause, and executed at least once. */
export function createJobs(config: Config, { knex, boss }: Platform, logger: FastifyBaseLogger) {
  const instance = `${instancePrefix}${randomUUID()}`;
  const rows = jobRows(knex);
  const listener = createListener(config, config.DATABASE_URL ?? '', instance, logger);
  const stopping = new AbortController();

  /**
   * Requeues the jobs of dead instances. A job that a living instance has only just fetched may be requeued too. It is
   * then executed twice, which is harmless.
   *
   * @param forMs only jobs that were fetched at least this long ago
   */
  const recover = async (kind: string, forMs = 0): Promise<void> => {
    const { rows: orphans } = await knex.raw<{ rows: Pick<JobRow, 'id'>[] }>(
      `SELECT id FROM jobs WHERE kind = ? AND state IN ('queued', 'active') AND NOT EXISTS
         (SELECT FROM pg_stat_activity WHERE application_name = jobs.worker)`,
      [kind],
    );
    for (const { id } of orphans) {
      const job = await boss.getJobById(kind, id);
      if (job?.state !== 'active' || Date.now() - job.startedOn.getTime() < forMs) continue;
      logger.info({ job_id: id }, 'taking over a job of an instance that is gone');
      await rows.requeue(id);
      await boss.fail(kind, id, { message: 'the instance that worked on it is gone' });
    }
  };

  const perform = async (id: string, tries: number, work: Work): Promise<void> => {
    const row = await rows.find(id);
    if (!row || !(await rows.begin(id, instance))) return;
    try {
      await work.run({
        subject: row.subject,
        signal: stopping.signal,
        progress: async (percent) => void (await rows.progress(id, percent)),
      });
    } catch (error) {
      const hopeless = error instanceof JobFailure || (tries >= retryLimit && !stopping.signal.aborted);
      logger.warn({ err: error, job_id: id, tries, hopeless }, 'job failed');
      if (hopeless) {
        const failure = publicError(error);
        await work.abandon(row.subject, failure);
        await rows.fail(id, failure);
      } else await rows.requeue(id);
      if (error instanceof JobFailure) return;
      throw error;
    }
    await rows.finish(id);
  };

  return {
    rows,

    /** Accepts a job in the given transaction. @returns its id */
    async add(trx: Knex.Transaction, job: Pick<JobRow, 'kind' | 'owner_id' | 'subject'>): Promise<string> {
      const id = randomUUID();
      await rows.insert({ id, ...job }, trx);
      await boss.send(job.kind, { id, trace: traceCarrier() }, { id, db: fromKnex(trx) });
      return id;
    },

    /** Begins to work on a kind of job, `concurrency` at a time. */
    async work(kind: string, concurrency: number, work: Work): Promise<void> {
      await listener.started;
      const retry = { retryLimit, retryDelay: 1, retryBackoff: true, retryDelayMax: 30 };
      await boss.createQueue(kind, { ...retry, expireInSeconds: 600, notify: true });
      await recover(kind);
      // A job is also lost if the connection that fetched it broke before the answer.
      const astray = setInterval(() => {
        recover(kind, astrayMs).catch((err: unknown) => logger.warn({ err }, 'cannot look for jobs gone astray'));
      }, astrayMs).unref();
      stopping.signal.addEventListener('abort', () => clearInterval(astray), { once: true });
      for (let n = 0; n < concurrency; n++) {
        const worker: string = await boss.work<{ id: string; trace?: TraceCarrier }>(
          kind,
          { ...polling(config), includeMetadata: true },
          async (batch) => {
            for (const { data, retryCount } of batch)
              await inJobSpan(`job ${kind}`, data.trace, () => perform(data.id, retryCount, work));
            // A busy worker remembers only one notification for many jobs, so it checks again at once.
            boss.notifyWorker(worker);
          },
        );
      }
    },

    /** Yields a job now and after each change, until it has ended or the signal aborts. */
    async *follow(id: string, signal: AbortSignal): AsyncGenerator<JobRow> {
      let changed = Promise.withResolvers<void>();
      const unwatch = listener.watch(id, () => changed.resolve());
      const onAbort = () => changed.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      changed.promise.catch(() => {});
      try {
        for (;;) {
          signal.throwIfAborted();
          const job = await rows.find(id);
          if (!job) return;
          yield job;
          if (isOver(job)) return;
          await changed.promise;
          changed = Promise.withResolvers();
          changed.promise.catch(() => {});
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
        unwatch();
      }
    },

    /** Aborts the running jobs, which continue after the next start. */
    interrupt: () => stopping.abort(new Error('the service is stopping')),
    end: () => listener.end(),
  };
}

function publicError(error: unknown): JobError {
  if (error instanceof JobFailure) return error.error;
  const { code, detail } = toProblemError(error).problem;
  return { code, message: detail };
}
