import { z } from 'zod';
import { milliseconds } from '../settings.ts';

/** OpenTelemetry's standard variables. The library reads OTEL_EXPORTER_OTLP_HEADERS and others itself. */
export const tracingSettings = {
  /** The URL for spans, sent as OTLP over HTTP in JSON. Without it, spans have ids but are not sent. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds(1_000),
};
