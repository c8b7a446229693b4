/** The number formats of GGUF tensors (ggml's `enum ggml_type`): how many numbers share a block, and its bytes. */

export interface BlockFormat {
  readonly name: string;
  /** Numbers of a block, which lie along a row. */
  readonly numbers: number;
  /** Bytes of a block. */
  readonly bytes: number;
}

const format = (name: string, numbers: number, bytes: number): BlockFormat => ({ name, numbers, bytes });

/** Formats that are read, by their number in the file. */
const FORMATS: Readonly<Record<number, BlockFormat>> = {
  0: format('F32', 1, 4),
  1: format('F16', 1, 2),
  2: format('Q4_0', 32, 18),
  3: format('Q4_1', 32, 20),
  6: format('Q5_0', 32, 22),
  7: format('Q5_1', 32, 24),
  8: format('Q8_0', 32, 34),
  10: format('Q2_K', 256, 84),
  11: format('Q3_K', 256, 110),
  12: format('Q4_K', 256, 144),
  13: format('Q5_K', 256, 176),
  14: format('Q6_K', 256, 210),
  30: format('BF16', 1, 2),
};

/** Names of others, for refusals. */
const OTHERS: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

/** Null for a format that is not read. */
export const blockFormat = (type: number): BlockFormat | null => FORMATS[type] ?? null;

export const formatName = (type: number): string =>
  FORMATS[type]?.name ?? OTHERS[type] ?? `number ${String(type)}`;

/** Names of all formats that are read. */
export const FORMAT_NAMES: readonly string[] = Object.values(FORMATS).map(({ name }) => name);
