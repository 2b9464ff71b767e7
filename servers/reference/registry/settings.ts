import { seconds } from '../settings.ts';

export const registrySettings = {
  REGISTRY_CACHE_TTL_SECONDS: seconds(30),
};
