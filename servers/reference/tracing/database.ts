import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTR_DB_NAMESPACE, ATTR_DB_SYSTEM_NAME, ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { Knex } from 'knex';
import { beginSpan } from './context.ts';

const attributes = (database: string) => ({ [ATTR_DB_SYSTEM_NAME]: 'postgresql', [ATTR_DB_NAMESPACE]: database });

/** Runs work on a database in a span. */
export async function databaseSpan<T>(name: string, database: string, work: () => Promise<T>): Promise<T> {
  const span = beginSpan(`${name} ${database}`, { kind: SpanKind.CLIENT, attributes: attributes(database) });
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

type Query = { __knexQueryUid?: string; method?: string };

/** Makes a span for each query of a Knex inside a trace. Queries of the boot and of polling belong to no request. */
export function traceQueries(knex: Knex, database: string): void {
  const open = new Map<string, Span>();
  const end = ({ __knexQueryUid: id = '' }: Query, error?: unknown): void => {
    const span = open.get(id);
    open.delete(id);
    if (error !== undefined && span) failed(span, error);
    span?.end();
  };
  knex.on('query', ({ __knexQueryUid: id, method = 'raw' }: Query) => {
    if (!id || !trace.getActiveSpan()) return;
    open.set(id, beginSpan(`${method} ${database}`, { kind: SpanKind.CLIENT, attributes: attributes(database) }));
  });
  knex.on('query-response', (_rows: unknown, query: Query) => end(query));
  knex.on('query-error', (error: unknown, query: Query) => end(query, error));
}

/** Postgres's error code. The message is left out, because it may quote values. */
function failed(span: Span, error: unknown): void {
  const { code, name } = error as NodeJS.ErrnoException;
  span.setAttribute(ATTR_ERROR_TYPE, code ?? name ?? 'error');
  span.setStatus({ code: SpanStatusCode.ERROR });
}
