export const backendSettings = {};
