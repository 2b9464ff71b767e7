export const registrySettings = {};
