import type { FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemDocument, toProblemError } from '../errors/handling.ts';
import { ProblemError } from '../errors/problem.ts';
import { problemResponses } from '../errors/schema.ts';
import type { Capability } from '../services.ts';
import { openEventStream } from '../sql/event-stream.ts';
import { isOver, type JobRow } from './rows.ts';
import { jobDocument, jobEvents, jobSchema } from './schemas.ts';

const params = z.object({ id: z.uuid() });
const refusals = problemResponses({
  401: 'No access token, or one that is not valid',
  404: "No such job, or somebody else's",
  422: 'The id is not a UUID',
});

/** Reading the state of a job, and following it as a stream. */
export const jobCapability: Capability = async (app, { auth, config, jobs, lifecycle }) => {
  const api = app.withTypeProvider<ZodTypeProvider>();

  /** Another user's job is answered like a missing one, so that its existence is not revealed. */
  const visible = async ({ user }: FastifyRequest, id: string): Promise<JobRow> => {
    const row = await jobs.rows.find(id);
    if (!row || (row.owner_id !== user.id && user.role !== 'admin'))
      throw new ProblemError('unknown_job', `There is no job ${id} of yours.`);
    return row;
  };

  api.get(
    '/api/v1/jobs/:id',
    {
      preHandler: auth.requireUser,
      schema: {
        tags: ['jobs'],
        summary: 'How a job is getting on',
        operationId: 'readJob',
        params,
        response: {
          200: { description: 'The job', content: { 'application/json': { schema: jobSchema } } },
          ...refusals,
        },
      },
    },
    async (request) => jobDocument(await visible(request, request.params.id)),
  );

  api.get(
    '/api/v1/jobs/:id/events',
    {
      preHandler: auth.requireUser,
      schema: {
        tags: ['jobs'],
        summary: 'Follow a job until it is over',
        operationId: 'followJob',
        params,
        headers: z.looseObject({ 'last-event-id': z.string().max(256).optional() }),
        response: {
          200: { description: 'Its progress', content: { 'text/event-stream': { schema: jobEvents } } },
          204: z.undefined().describe('The job is over, and `Last-Event-ID` names the event that said so'),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const row = await visible(request, request.params.id);
      const { id } = row;
      let seen = request.headers['last-event-id'];
      // Browsers reconnect after the end of a stream, and only this status stops them.
      if (isOver(row) && seen === eventId(row)) return reply.code(204).send();
      const signal = lifecycle.workSignal(reply);
      const stream = openEventStream(reply, config.SSE_HEARTBEAT_MS);
      const follow = async () => {
        for await (const job of jobs.follow(id, signal)) {
          if (seen === eventId(job)) continue;
          seen = eventId(job);
          if (!isOver(job)) stream.send('progress', jobDocument(job), seen);
          else if (job.state === 'done') return stream.send('done', jobDocument(job), seen);
          else throw jobProblem(job);
        }
        throw new ProblemError('unknown_job', `The job ${id} is gone.`);
      };
      follow()
        .catch((error: unknown) => stream.send('error', problemDocument(toProblemError(error), request), seen))
        .finally(() => stream.end());
      return reply;
    },
  );
};

/** The id identifies a state of the job, so that a client that reconnects with it gets only newer states. */
const eventId = ({ state, progress }: JobRow): string => `${state}-${progress}`;

function jobProblem(job: JobRow): ProblemError {
  const detail = job.error?.message ?? 'The job was cancelled.';
  return new ProblemError('job_failed', detail, { extra: { job: jobDocument(job) } });
}
