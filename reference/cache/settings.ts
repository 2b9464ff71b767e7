export const cacheSettings = {};
