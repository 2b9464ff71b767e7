import { z } from 'zod';

const problemSchema = z
  .looseObject({
    type: z.string().describe('A URN that names the kind of problem'),
    code: z.string().describe('The last part of `type`, for programs'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().describe('The path of the request'),
    request_id: z.string(),
    trace_id: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    dependency: z.string().optional().describe('Which dependency failed: `model`, or `postgres:` and a database name'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

/**
 * The `response` entries of a route for the statuses it can fail with, besides those that every route shares.
 *
 * @param statuses for each HTTP status, a sentence on when it is sent
 */
export function problemResponses<S extends number>(statuses: Record<S, string>) {
  const response = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: problemSchema } },
  });
  const all = {
    504: 'A dependency took too long; with `database_outcome_unknown`, what was asked for may have been written',
    ...statuses,
    429: 'Too many requests',
    500: 'A fault of the service itself',
    503: 'Stopping, or a dependency is not available',
  };
  return Object.fromEntries(Object.entries(all).map(([status, text]) => [status, response(String(text))])) as Record<
    S | 429 | 500 | 503 | 504,
    ReturnType<typeof response>
  >;
}
