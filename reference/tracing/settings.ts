export const tracingSettings = {};
