import type { Capability } from '../services.ts';

export const registryCapability: Capability = async () => {};
