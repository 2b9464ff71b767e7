import { z } from 'zod';
import type { JobRow } from './rows.ts';

export const jobSchema = z
  .object({
    id: z.uuid(),
    kind: z.string().describe('What is done, for example `documents.index`'),
    subject: z.uuid().describe('What it is done to'),
    state: z.enum(['queued', 'active', 'done', 'failed', 'cancelled']),
    progress: z.number().int().min(0).max(100).describe('Percent; never falls'),
    error: z.object({ code: z.string(), message: z.string() }).nullable().describe('Why it failed'),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Job' });

export const jobEvents = z
  .string()
  .describe(
    'Server-sent events, each with an id to come back with as Last-Event-ID, after which only what is new is told: ' +
      '`progress` (a Job) at once and after each change, then exactly one of `done` (a Job) and `error` (a Problem; `job` is the job), after which the stream ends. ' +
      'Comments are heartbeats.',
  );

/** The API's view of a job. */
export const jobDocument = (row: JobRow): z.output<typeof jobSchema> => ({
  id: row.id,
  kind: row.kind,
  subject: row.subject,
  state: row.state,
  progress: row.progress,
  error: row.error,
  created_at: row.created_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
});
