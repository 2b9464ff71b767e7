export const askSettings = {};
