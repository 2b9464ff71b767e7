import { beginSpan, contextOf, type TraceContext, traceOf } from '../tracing/context.ts';

export { type TraceContext, traceHeaders } from '../tracing/context.ts';

/** Continues the caller's trace, or begins one. */
export function traceFrom(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const parent = contextOf({ traceparent, tracestate });
  const span = beginSpan('work', {}, parent);
  span.end();
  return traceOf(span, parent);
}
