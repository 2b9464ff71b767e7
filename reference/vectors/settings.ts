export const vectorSettings = {};
