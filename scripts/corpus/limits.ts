/** Limits of the original system: longer bodies do not fit the context of a small model. */
export const DEFAULT_MAX_BODY = 5000;
export const DEFAULT_MAX_RECIPIENTS = 30;
