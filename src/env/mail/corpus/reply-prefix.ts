/**
 * What mail programs put before the subject of an answer or of a mail passed on, once, with the blanks behind it: source of a
 * regular expression that takes no notice of case.
 */
export const REPLY_PREFIX =
  '(?:re|aw|sv|vs|antw|ref|fwd?|wg|tr|rv|res|rif|回复|答复|转发)\\s*(?:\\[\\d+\\])?\\s*[:;：]\\s*';
