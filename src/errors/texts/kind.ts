/** What kind of value a user's code gave, as data; of a text or a number also its beginning. */
export type Kind =
  | 'missing'
  | 'null'
  | 'empty'
  | 'empty-list'
  | 'list'
  | 'object'
  | 'function'
  | { readonly type: string; readonly value: string };

/** A field of a task that has rules. */
export type TaskField = 'id' | 'prompt' | 'answer' | 'level' | 'info';
