import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Config } from '../config.ts';

let provider: NodeTracerProvider | undefined;

/** Starts tracing in this process, once for all its apps. */
export async function startTracing(
  config: Pick<Config, 'OTEL_BSP_SCHEDULE_DELAY'> & Partial<Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT'>>,
): Promise<void> {
  if (provider) return;
  const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'reference' });
  const spanProcessors = config.OTEL_EXPORTER_OTLP_ENDPOINT
    ? [await exporting(config.OTEL_EXPORTER_OTLP_ENDPOINT, config.OTEL_BSP_SCHEDULE_DELAY)]
    : [];
  provider ??= new NodeTracerProvider({ resource, spanProcessors });
  provider.register();
}

/** Sends the remaining spans, within the exporter's time limit. Never throws, because no answer depends on a trace. */
export async function stopTracing(): Promise<void> {
  await provider?.shutdown().catch(() => {});
}

/** Imported only if it is needed, because it is slow to load. */
async function exporting(endpoint: string, scheduledDelayMillis: number): Promise<BatchSpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: 2_000 });
  return new BatchSpanProcessor(exporter, { scheduledDelayMillis });
}
