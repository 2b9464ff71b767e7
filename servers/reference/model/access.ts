import type { FastifyBaseLogger } from 'fastify';
import { type BackendPool, createBackendPool } from '../backends/pool.ts';
import type { Config } from '../config.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Platform } from '../platform/platform.ts';
import { createLedger } from './calls.ts';
import { createModelClient, type ModelClient } from './client.ts';
import { createRecords } from './records.ts';
import { createSend, type Send } from './send.ts';

/** All clients of the models. They share the backends, and their calls are recorded in one place. */
export type ModelAccess = { model: ModelClient; send: Send; backends: BackendPool };

/** @param platform where calls are recorded; without it they are only counted */
export function openModels(
  config: Config,
  metrics: Metrics,
  platform: Platform | undefined,
  log: FastifyBaseLogger,
): ModelAccess {
  const backends = createBackendPool(config, metrics, log);
  const send = createSend(backends, createLedger(metrics, createRecords(platform, metrics, log)));
  return { model: createModelClient(config, backends, send), send, backends };
}
