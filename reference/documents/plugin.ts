import type { Capability } from '../services.ts';

export const documentCapability: Capability = async () => {};
