import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { beginSpan, type TraceContext, traceHeaders, traceOf } from './context.ts';

type Usage = { prompt_tokens?: number | undefined; completion_tokens?: number | undefined };

const operations: Readonly<Record<string, string>> = { embed: 'embeddings', completion: 'text_completion' };

/**
 * Begins the span of a model call, by OpenTelemetry's conventions for generative AI. They are not stable yet, so their
 * names are spelled here.
 *
 * @param within the trace position of the caller
 * @returns the headers to send, and a function that ends the span with the call's status
 */
export function modelSpan(purpose: string, model: string, within: TraceContext) {
  const operation = operations[purpose] ?? 'chat';
  const attributes = { 'gen_ai.operation.name': operation, 'gen_ai.request.model': model, 'request.purpose': purpose };
  const span = beginSpan(`${operation} ${model}`, { kind: SpanKind.CLIENT, attributes }, within.context);
  return {
    headers: traceHeaders(traceOf(span, within.context)),
    end(status: string, usage: Usage = {}): void {
      const { prompt_tokens: input, completion_tokens: output } = usage;
      if (input !== undefined) span.setAttribute('gen_ai.usage.input_tokens', input);
      if (output !== undefined) span.setAttribute('gen_ai.usage.output_tokens', output);
      if (status !== 'ok') {
        span.setAttribute(ATTR_ERROR_TYPE, status.replace(/^failed:/, ''));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
