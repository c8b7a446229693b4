/** Tensors that stay in their files and are read by rows, whatever the format of the file. */

/**
 * Rows as they are stored: groups of 32 numbers along a row, each `scale · code`. Formats whose groups are of another
 * size, or whose numbers are not that product, have none.
 */
export interface ScaledBlocks {
  /** Numbers of a group. */
  readonly size: 32;
  /** Codes lie from −2^(bits − 1) to 2^(bits − 1) − 1. */
  readonly bits: number;
  /** Groups of the rows `from` to `to`, row by row; `codes` has 32 numbers for each scale. */
  read(from: number, to: number): Promise<{ scales: Float32Array; codes: Int8Array }>;
}

/** A tensor in a file. Its rows are what its first axis counts; the rows of a vector are its numbers. */
export interface StoredRows {
  readonly shape: readonly number[];
  /** Number format as the file calls it: `BF16`, `Q4_K`. */
  readonly format: string;
  /** Bytes that it takes in its file. */
  readonly bytes: number;
  /**
   * The numbers of rows `from` (included) to `to` (not included).
   * @throws PolicyError when they cannot be read, or are in a format that is not known
   */
  read(from: number, to: number): Promise<Float32Array>;
  readonly blocks?: ScaledBlocks;
}

/** The tensors of a model, by Hugging Face's names or the file's own. */
export interface TensorStore {
  /** For error messages. */
  readonly origin: string;
  readonly tensors: ReadonlyMap<string, StoredRows>;
  close(): Promise<void>;
}

/** Numbers of a tensor, 1 for a single one. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Numbers of a row, 1 for a vector. */
export function rowWidth(shape: readonly number[]): number {
  return elementsOf(shape.slice(1));
}

/** Rows of a tensor, 1 for a single number. */
export function rowCount(shape: readonly number[]): number {
  return shape[0] ?? 1;
}
