export const gpu = {};
