/** What an environment keeps of a visitor's own, such as files to make tasks of, and what may be asked of it. */
import type { Work } from '../errors/texts/en/training/run';

/** A folder of its own, in which nobody else writes. */
export interface OwnFiles {
  list(): Promise<string[]>;
  read(path: string): Promise<Uint8Array | null>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
}

/** What a long action is watched with. */
export interface OwnWatch {
  readonly signal: AbortSignal;
  /** Is given plain data. */
  readonly onProgress: (status: unknown) => void;
}

/** Arguments and answer are plain data; who calls it knows their types. */
export interface OwnAction {
  /** What is going on meanwhile: nothing else that changes, computes or reads tasks. Null for one that only looks. */
  readonly work: Work | null;
  /** What it rejects with when it is stopped; null where it cannot be. */
  readonly stopped: (() => Error) | null;
  readonly run: (args: readonly unknown[], watch: OwnWatch) => Promise<unknown>;
}

/** By name. */
export type OwnData = Readonly<Record<string, OwnAction>>;

/** Opens the data that lie in a folder; nothing is read before it is asked for. */
export type OpenOwnData = (files: OwnFiles) => OwnData;
