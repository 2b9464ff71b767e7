import type { Knex } from 'knex';

type JobState = 'queued' | 'active' | 'done' | 'failed' | 'cancelled';
export type JobError = { code: string; message: string };

export type JobRow = {
  id: string;
  kind: string;
  owner_id: string;
  subject: string;
  state: JobState;
  progress: number;
  error: JobError | null;
  worker: string | null;
  created_at: Date;
  finished_at: Date | null;
};

export const isOver = ({ state }: Pick<JobRow, 'state'>): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** The changes of a job. None of them changes a job that has ended. */
export function jobRows(knex: Knex) {
  const open = (id: string, on: Knex = knex) => on<JobRow>('jobs').where({ id }).whereIn('state', ['queued', 'active']);
  return {
    find: (id: string) => knex<JobRow>('jobs').where({ id }).first(),
    ofSubject: (subject: string) => knex<JobRow>('jobs').where({ subject }).orderBy('created_at', 'desc').first(),
    insert: (row: Pick<JobRow, 'id' | 'kind' | 'owner_id' | 'subject'>, trx: Knex) =>
      trx<JobRow>('jobs').insert({ ...row, state: 'queued' }),
    /** @returns whether the job has not ended yet */
    async begin(id: string, worker: string): Promise<boolean> {
      return (await open(id).update({ state: 'active', worker })) > 0;
    },
    /** The progress of a repeated job never falls below its earlier value. */
    progress: (id: string, percent: number) =>
      open(id).update({ progress: knex.raw('greatest(progress, ?)', [Math.round(percent)]) as unknown as number }),
    finish: (id: string, trx: Knex = knex) =>
      open(id, trx).update({ state: 'done', progress: 100, finished_at: knex.fn.now() as unknown as Date }),
    fail: (id: string, error: JobError, trx: Knex = knex) =>
      open(id, trx).update({
        state: 'failed',
        error: JSON.stringify(error) as unknown as JobError,
        finished_at: knex.fn.now() as unknown as Date,
      }),
    requeue: (id: string) => open(id).update({ state: 'queued', worker: null }),
    cancelOfSubject: (subject: string, trx: Knex) =>
      trx<JobRow>('jobs')
        .where({ subject })
        .whereIn('state', ['queued', 'active'])
        .update({ state: 'cancelled', finished_at: knex.fn.now() as unknown as Date }),
  };
}
