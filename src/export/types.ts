/** What an export tells while it works, and what it needs to know beside model and adapter. */

export interface Report {
  /** A tensor is being written. */
  tensor(name: string): void;
  /** Something that whoever uses the files should know. */
  notice(message: string): void;
}
