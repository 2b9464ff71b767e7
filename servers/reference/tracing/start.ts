import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Config } from '../config.ts';

let provider: NodeTracerProvider | undefined;

/** Makes this process one that traces; once a process, whatever the number of apps in it. */
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

/** Sends off what is left, within the exporter's own time limit. Never throws: no answer hangs on a trace. */
export async function stopTracing(): Promise<void> {
  await provider?.shutdown().catch(() => {});
}

/** Loaded where it is needed only: it is the slow part. */
async function exporting(endpoint: string, scheduledDelayMillis: number): Promise<BatchSpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: 2_000 });
  return new BatchSpanProcessor(exporter, { scheduledDelayMillis });
}
