import { askCapability } from './ask/plugin.ts';
import { authCapability } from './auth/plugin.ts';
import { batchCapability } from './batches/plugin.ts';
import { documentCapability } from './documents/plugin.ts';
import { jobCapability } from './jobs/plugin.ts';
import { realtimeCapability } from './realtime/plugin.ts';
import { registryCapability } from './registry/plugin.ts';
import type { Capability } from './services.ts';

/** Further capabilities of a service with its own database, in the order of the OpenAPI document. */
export const platformCapabilities: readonly Capability[] = [
  authCapability,
  documentCapability,
  jobCapability,
  askCapability,
  registryCapability,
  realtimeCapability,
  batchCapability,
];
