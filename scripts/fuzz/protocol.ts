/** What passes between the process that feeds a parser and the one that watches it. */
import { readFileSync, writeSync } from 'node:fs';

/** First message, from the watcher. */
export interface Order {
  readonly target: string;
  readonly seed: number;
  readonly milliseconds: number;
  /** Holds the input that is being read, for when the process does not live to tell. */
  readonly file: string;
}

/** The answer, when the time is over or something broke. */
export interface Report {
  readonly inputs: number;
  /** Seconds. */
  readonly slowest: number;
  readonly failure: { readonly input: Uint8Array; readonly message: string } | null;
}

const HEADER = 8;

/** @param count of inputs so far, by which the watcher sees that the process goes on */
export function writeInput(file: number, count: number, bytes: Uint8Array): void {
  const head = Buffer.alloc(HEADER);
  head.writeUInt32LE(count, 0);
  head.writeUInt32LE(bytes.length, 4);
  writeSync(file, Buffer.concat([head, bytes]), 0, HEADER + bytes.length, 0);
}

export function readInput(file: string): { readonly count: number; readonly bytes: Uint8Array } {
  const all = readFileSync(file);
  if (all.length < HEADER) return { count: 0, bytes: new Uint8Array() };
  const length = all.readUInt32LE(4);
  return { count: all.readUInt32LE(0), bytes: new Uint8Array(all.subarray(HEADER, HEADER + length)) };
}
