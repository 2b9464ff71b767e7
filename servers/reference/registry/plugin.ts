import type { Capability } from '../services.ts';
import { readRoutes } from './reads.ts';
import { registryOf } from './registry.ts';
import { writeRoutes } from './writes.ts';

export const registryCapability: Capability = async (app, services) => {
  const options = { ...services, registry: registryOf(services) };
  await app.register(readRoutes, options);
  await app.register(writeRoutes, options);
};
