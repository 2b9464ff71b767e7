export const orchestrationSettings = {};
