import { context, isSpanContextValid, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { beginSpan, contextOf, type TraceContext, traceHeaders, traceOf } from './context.ts';

/** What to keep with a job so that its trace links to the request that asked for it. */
export type TraceCarrier = { traceparent?: string; tracestate?: string };

/** The carrier of whatever runs now. */
export const traceCarrier = (): TraceCarrier => traceHeaders({ context: context.active() });

/**
 * Runs a job's work in a trace of its own, linked to the request that asked for it: the request is over by now, and may
 * be for days.
 *
 * @param from as `traceCarrier` gave it; a job from before tracing has none
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
