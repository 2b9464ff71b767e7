import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';

/** The position of work in a W3C trace: ids in lower-case hex, and the parent of its spans. */
export type TraceContext = { readonly traceId: string; readonly spanId: string; readonly context: Context };

type Parent = { traceparent?: string | undefined; tracestate?: string | undefined };

/** Begins a span. The default parent is the active span. */
export function beginSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
  return trace.getTracer('reference').startSpan(name, options, parent);
}

/** The context of a caller's headers. A missing or malformed `traceparent` begins a new trace. */
export const contextOf = ({ traceparent, tracestate }: Parent): Context =>
  propagation.extract(ROOT_CONTEXT, { ...(traceparent ? { traceparent } : {}), ...(tracestate ? { tracestate } : {}) });

/** The trace position of a span. */
export function traceOf(span: Span, parent: Context = context.active()): TraceContext {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId, context: trace.setSpan(parent, span) };
}

/** The trace position of the active span; begins a new trace if there is none. */
export function currentTrace(): TraceContext {
  const running = trace.getActiveSpan();
  if (running) return traceOf(running);
  const span = beginSpan('work');
  span.end();
  return traceOf(span);
}

/** The headers that pass a trace on; jobs store them too. */
export function traceHeaders({ context: from }: Pick<TraceContext, 'context'>): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(from, headers);
  return headers;
}
