import { z } from 'zod';

const maxQuestion = 2_000;

/** Characters, not UTF-16 units: what JSON Schema's maxLength counts. */
const characters = (text: string): number => [...text].length;

const question = z
  .string()
  .refine((text) => text.trim().length > 0, 'must not be empty')
  .refine((text) => characters(text) <= maxQuestion, `must have at most ${maxQuestion} characters`)
  .refine((text) => !text.includes('\0'), 'must not contain NUL characters')
  .refine((text) => text.isWellFormed(), 'must be valid Unicode')
  .meta({ minLength: 1, maxLength: maxQuestion, pattern: '^[^\\u0000]*\\S[^\\u0000]*$' })
  .describe('A question in natural language');

/** Unknown fields are refused: a mistyped `databse` would silently change the answer. */
export const sqlRequest = z
  .strictObject({
    question,
    database: z.string().optional().describe('The database to ask; chosen by the model when left out'),
    execute: z.boolean().default(true).describe('Whether to run the query'),
    stream: z.boolean().default(false).describe('Whether to answer with server-sent events'),
  })
  .meta({ id: 'SqlRequest' });

const attempt = z.object({
  sql: z.string().describe('The query; what the model said where there was none in it'),
  error: z
    .object({
      code: z.string().describe('SQLSTATE, or a code of this service such as `not_read_only` or `value_elsewhere`'),
      message: z.string(),
      hint: z.string().optional(),
    })
    .nullable(),
  ms: z.number().nonnegative().describe('Generation, validation and execution'),
});

const count = z.number().int().nonnegative();

export const sqlAnswer = z
  .object({
    id: z.string(),
    question: z.string(),
    database: z.string().nullable().describe('Null when no database can answer'),
    sql: z.string().nullable(),
    confidence: z.number().min(0).max(1),
    executed: z.boolean(),
    reason: z
      .enum(['low_confidence', 'no_database', 'not_requested'])
      .nullable()
      .describe('Why the query was not executed'),
    columns: z.array(z.string()).nullable(),
    types: z.array(z.string()).nullable().describe("Postgres's type names, as in pg_type"),
    rows: z
      .array(z.array(z.unknown()))
      .nullable()
      .describe('numeric: string; bigint beyond 2^53: string; timestamptz: ISO 8601 in UTC; date: YYYY-MM-DD'),
    row_count: count.nullable(),
    truncated: z.boolean().nullable().describe('Whether rows were left out'),
    attempts: z.array(attempt),
    timings: z.object({ route_ms: z.number(), generate_ms: z.number(), execute_ms: z.number(), total_ms: z.number() }),
    model: z.string(),
    usage: z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count }),
  })
  .meta({ id: 'SqlAnswer' });

export const databaseList = z
  .object({
    databases: z.array(
      z.object({
        name: z.string(),
        status: z.enum(['up', 'down']),
        tables: z
          .array(
            z.object({
              name: z.string(),
              columns: z.array(
                z.object({
                  name: z.string(),
                  type: z.string(),
                  nullable: z.boolean(),
                  labels: z.array(z.string()).optional().describe('The values of an enum'),
                  references: z.string().optional().describe('The table that a foreign key points to'),
                }),
              ),
            }),
          )
          .describe('What was last known where the database is down'),
      }),
    ),
  })
  .meta({ id: 'DatabaseList' });

export type SqlRequest = z.output<typeof sqlRequest>;
export type SqlAnswer = z.output<typeof sqlAnswer>;
export type Attempt = z.output<typeof attempt>;
