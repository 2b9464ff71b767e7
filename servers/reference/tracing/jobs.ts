import { context, isSpanContextValid, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { beginSpan, contextOf, type TraceContext, traceHeaders, traceOf } from './context.ts';

/** The trace headers that are stored with a job, so that its trace links to the request. */
export type TraceCarrier = { traceparent?: string; tracestate?: string };

/** The carrier of the active span. */
export const traceCarrier = (): TraceCarrier => traceHeaders({ context: context.active() });

/**
 * Runs a job in a new trace, linked to its request: the request may have ended days ago.
 *
 * @param from the stored `traceCarrier`; jobs from before tracing have none
 */
export async function inJobSpan<T>(
  name: string,
  from: TraceCarrier | undefined,
  work: (trace: TraceContext) => Promise<T>,
): Promise<T> {
  const origin = trace.getSpanContext(contextOf(from ?? {}));
  const links = origin && isSpanContextValid(origin) ? [{ context: origin }] : [];
  const span = beginSpan(name, { kind: SpanKind.CONSUMER, links, root: true }, ROOT_CONTEXT);
  const place = traceOf(span, ROOT_CONTEXT);
  try {
    return await context.with(place.context, () => work(place));
  } catch (error) {
    const { code, name: type } = error as NodeJS.ErrnoException;
    span.setAttribute(ATTR_ERROR_TYPE, code ?? type ?? 'error');
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
