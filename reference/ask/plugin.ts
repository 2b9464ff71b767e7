import type { Capability } from '../services.ts';

export const askCapability: Capability = async () => {};
