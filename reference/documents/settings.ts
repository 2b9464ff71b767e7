export const documentSettings = {};
