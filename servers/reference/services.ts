import type { FastifyInstance } from 'fastify';
import type { Auth } from './auth/types.ts';
import type { Config } from './config.ts';
import type { Database } from './databases/database.ts';
import type { ModelClient } from './model/client.ts';
import type { Lifecycle } from './operations/lifecycle.ts';
import type { Metrics } from './operations/metrics.ts';
import type { Checks } from './operations/readiness.ts';
import type { Platform } from './platform/platform.ts';
import type { Stores } from './stores.ts';

/** The services that every plugin may use. */
export type Services = {
  config: Config;
  model: ModelClient;
  databases: ReadonlyMap<string, Database>;
  metrics: Metrics;
  lifecycle: Lifecycle;
  /** The checks of `/ready`; a capability adds those of its own dependencies. */
  checks: Checks;
};

/** Further services for plugins, if the service has its own database. */
export type PlatformServices = Services & Stores & { platform: Platform; auth: Auth };

/** Registers a capability's routes and workers. */
export type Capability = (app: FastifyInstance, services: PlatformServices) => Promise<void>;
