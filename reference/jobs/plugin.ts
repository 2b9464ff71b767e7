import type { Capability } from '../services.ts';

export const jobCapability: Capability = async () => {};
