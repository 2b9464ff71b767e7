export const authSettings = {};
