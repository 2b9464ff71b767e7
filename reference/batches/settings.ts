export const batchSettings = {};
