import { randomBytes } from 'node:crypto';

/** Where a request stands in its W3C trace: ids in lower-case hex, flags as sent. */
export type TraceContext = { traceId: string; spanId: string; flags: string; state: string | undefined };

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const newSpanId = () => randomBytes(8).toString('hex');

/** Joins the caller's trace with a span of our own; a missing or malformed `traceparent` begins a new trace. */
export function traceFrom(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const [, version, traceId = '', parentId = '', flags = '00', rest] = pattern.exec(traceparent ?? '') ?? [];
  const valid = version !== undefined && version !== 'ff' && !/^0+$/.test(traceId) && !/^0+$/.test(parentId);
  if (!valid || (version === '00' && rest !== undefined))
    return { traceId: randomBytes(16).toString('hex'), spanId: newSpanId(), flags: '01', state: undefined };
  return { traceId, spanId: newSpanId(), flags, state: tracestate };
}

/** The headers for a call to a dependency, each call a span of its own below the request's. */
export function traceHeaders(trace: TraceContext): Record<string, string> {
  const traceparent = `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}
