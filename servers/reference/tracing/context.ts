import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';

/** Where a piece of work stands in its W3C trace: ids in lower-case hex, and what its own spans hang on. */
export type TraceContext = { readonly traceId: string; readonly spanId: string; readonly context: Context };

type Parent = { traceparent?: string | undefined; tracestate?: string | undefined };

/** Begins a span; without a parent given it is a child of whatever runs. */
export function beginSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
  return trace.getTracer('reference').startSpan(name, options, parent);
}

/** The context that a caller's headers put us in; a missing or malformed `traceparent` begins a new trace. */
export const contextOf = ({ traceparent, tracestate }: Parent): Context =>
  propagation.extract(ROOT_CONTEXT, { ...(traceparent ? { traceparent } : {}), ...(tracestate ? { tracestate } : {}) });

/** A place in a trace from which work goes on: that of the span given. */
export function traceOf(span: Span, parent: Context = context.active()): TraceContext {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId, context: trace.setSpan(parent, span) };
}

/** Where whatever runs now stands in a trace; outside of any it begins one. */
export function currentTrace(): TraceContext {
  const running = trace.getActiveSpan();
  if (running) return traceOf(running);
  const span = beginSpan('work');
  span.end();
  return traceOf(span);
}

/** The headers that pass a trace on; or what to keep of it with a job. */
export function traceHeaders({ context: from }: Pick<TraceContext, 'context'>): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(from, headers);
  return headers;
}
