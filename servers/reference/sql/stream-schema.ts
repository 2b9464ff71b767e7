import { z } from 'zod';

/** OpenAPI has no schema for server-sent events, so the description states the contract. */
export const eventStreamSchema = z
  .string()
  .describe(
    'Sent when `stream` is true. Events, each with an id that rises by one: `progress` {stage, attempt}, ' +
      '`database` {database, confidence}, `token` {text}, `sql` {sql, attempt}, ' +
      '`rows` {columns, types, rows, row_count, truncated}; then exactly one of `done` (an SqlAnswer) and ' +
      '`error` (a Problem), after which the stream ends. Comments are heartbeats.',
  );
