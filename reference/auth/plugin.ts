import type { Capability } from '../services.ts';

export const authCapability: Capability = async () => {};
