import { askCapability } from './ask/plugin.ts';
import { authCapability } from './auth/plugin.ts';
import { batchCapability } from './batches/plugin.ts';
import { documentCapability } from './documents/plugin.ts';
import { jobCapability } from './jobs/plugin.ts';
import { realtimeCapability } from './realtime/plugin.ts';
import { registryCapability } from './registry/plugin.ts';
import type { Capability } from './services.ts';

/** What a service with a database of its own can do besides; in the order in which OpenAPI lists it. */
export const platformCapabilities: readonly Capability[] = [
  authCapability,
  documentCapability,
  jobCapability,
  askCapability,
  registryCapability,
  realtimeCapability,
  batchCapability,
];
