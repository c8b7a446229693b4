export const op = {};
