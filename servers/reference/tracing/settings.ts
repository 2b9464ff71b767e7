import { z } from 'zod';
import { milliseconds } from '../settings.ts';

/** By OpenTelemetry's own names; OTEL_EXPORTER_OTLP_HEADERS and the rest of the exporter's are read by its library. */
export const tracingSettings = {
  /** Where spans go, as OTLP over HTTP in JSON; without it they carry ids and go nowhere. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds(1_000),
};
