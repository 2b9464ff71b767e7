export const inferenceSettings = {};
