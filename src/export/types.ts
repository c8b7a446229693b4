/** What an export tells while it works, and what it needs to know beside model and adapter. */

export interface Report {
  /** How many tensors there will be, before the first is written. Not told where files are copied as they are. */
  total(tensors: number): void;
  /** A tensor is being written. */
  tensor(name: string): void;
  /** Something that whoever uses the files should know. */
  notice(message: string): void;
}
