import { context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
} from '@opentelemetry/semantic-conventions';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { onFinished } from '../operations/finished.ts';
import { beginSpan, contextOf, type TraceContext, traceOf } from './context.ts';

/** Serves every request inside a span that continues the caller's trace. Register before other hooks. */
export function traceRequests(app: FastifyInstance): void {
  app.decorateRequest('trace');
  app.decorateRequest('span');
  // A callback hook, because `done` runs the rest inside the context. With a promise, the rest would run outside.
  app.addHook('onRequest', (request, _reply, done) => {
    enter(request);
    context.with(request.trace.context, done);
  });
  // Reading a body continues in events of the socket, which have no request context.
  app.addHook('preValidation', (request, _reply, done) => context.with(request.trace.context, done));
  onFinished(app, ({ request: { span }, status }) => {
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
}

/** No hook runs for a URL that cannot be parsed, but its refusal needs a trace, too. */
export function ensureTrace(request: FastifyRequest): void {
  if (request.trace) return;
  enter(request);
  request.span.end();
}

/** Records the error code on a span, without the message, which may quote private data. */
export function recordFailure(span: Span, code: string, status: number): void {
  span.setAttribute(ATTR_ERROR_TYPE, code);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

function enter(request: FastifyRequest): void {
  const { method, headers } = request;
  const route = request.routeOptions.url;
  const parent = contextOf({
    traceparent: [headers.traceparent].flat()[0],
    tracestate: [headers.tracestate].flat().join(',') || undefined,
  });
  const attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_PATH]: request.url.split('?', 1)[0] ?? '',
    ...(route ? { [ATTR_HTTP_ROUTE]: route } : {}),
    'request.id': request.id,
  };
  request.span = beginSpan(route ? `${method} ${route}` : method, { kind: SpanKind.SERVER, attributes }, parent);
  request.trace = traceOf(request.span, parent);
}

declare module 'fastify' {
  interface FastifyRequest {
    trace: TraceContext;
    /** The service's span of this request; `trace` is the parent of its child spans. */
    span: Span;
  }
}
