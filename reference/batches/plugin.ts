import type { Capability } from '../services.ts';

export const batchCapability: Capability = async () => {};
