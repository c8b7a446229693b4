/** The forms that are checked, and how far a program's log-probs may be from the engine's. */
import { toFloat16 } from '../../../src/formats/float-write';
import { fromFloat16 } from '../../../src/formats/float';
import { rowWidth, type StoredRows, type TensorStore } from '../../../src/formats/tensor-store';
import type { ExportOptions } from '../../../src/export/export';
import type { ExportSource } from '../../../src/export/source';
import { mapped } from '../../../src/export/rows';
import type { Gpu } from '../../../src/kernels/gpu';
import { packRows, unpackRows } from '../../../src/kernels/weights/pack';
import { byEngine, type Scores, type Texts } from './programs';

export interface Form {
  readonly name: string;
  readonly options: Pick<ExportOptions, 'format' | 'type' | 'maxBytes'>;
  /** In nats; `rounding`: no more than rounding the weights so changes, where the program rounds what it computes too. */
  readonly bound: number | 'rounding';
  /** The engine computes with weights that are rounded so. */
  readonly rounds?: Rounding;
}

export type Rounding = 'int8' | 'int4';

const whole = {
  peft: { name: 'PEFT folder: peft', options: { format: 'peft' }, bound: 1e-3 },
  f32: { name: 'GGUF f32: llama.cpp', options: { format: 'gguf', type: 'f32' }, bound: 2e-3 },
  adapter: {
    name: 'GGUF adapter f32: llama.cpp',
    options: { format: 'gguf-adapter', type: 'f32' },
    bound: 2e-3,
  },
  fp32: { name: 'ONNX fp32: transformers.js', options: { format: 'onnx', type: 'fp32' }, bound: 1e-3 },
  q4: {
    name: 'ONNX q4: transformers.js',
    options: { format: 'onnx', type: 'q4' },
    ...{ bound: 2e-3, rounds: 'int4' },
  },
} as const satisfies Record<string, Form>;

/** llama.cpp multiplies 8-bit weights by activations that it rounds to 8 bits too: its log-probs say little, its blocks all. */
const q8: Form = {
  name: 'GGUF q8_0: llama.cpp',
  options: { format: 'gguf', type: 'q8_0' },
  bound: 'rounding',
  rounds: 'int8',
};

export const FORMS: readonly Form[] = [
  whole.peft,
  {
    name: 'safetensors f32, in parts: transformers',
    options: { format: 'safetensors', type: 'f32', maxBytes: 2e5 },
    bound: 1e-3,
  },
  { name: 'safetensors bf16: transformers', options: { format: 'safetensors', type: 'bf16' }, bound: 0.5 },
  { name: 'safetensors f16: transformers', options: { format: 'safetensors', type: 'f16' }, bound: 0.05 },
  whole.f32,
  {
    name: 'GGUF f16, in parts: llama.cpp',
    options: { format: 'gguf', type: 'f16', maxBytes: 1.2e5 },
    bound: 0.1,
  },
  q8,
  whole.adapter,
  whole.fp32,
  { name: 'ONNX fp16: transformers.js', options: { format: 'onnx', type: 'fp16' }, bound: 0.1 },
  whole.q4,
];

/** Of real models: each program once, and the forms that round. */
export const REAL_FORMS: readonly Form[] = [
  whole.peft,
  { name: 'safetensors f32: transformers', options: { format: 'safetensors', type: 'f32' }, bound: 1e-3 },
  whole.f32,
  q8,
  whole.adapter,
  whole.fp32,
  whole.q4,
];

/** The engine on a source's weights as an export rounds them. */
export async function rounded(
  gpu: Gpu,
  source: ExportSource,
  rounding: Rounding,
  texts: Texts,
): Promise<Scores> {
  const { config } = source;
  const tensors = new Map(
    [...source.tensors].map(([name, rows]): [string, StoredRows] => [
      name,
      roundedRows(name, rows, rounding),
    ]),
  );
  const embedding = source.tensors.get('model.embed_tokens.weight') as StoredRows;
  // In ONNX a tied head is stored apart, in 4 bits, and the table that is looked up in 16.
  const isApart = rounding === 'int4' && config.tiedEmbeddings;
  if (isApart) tensors.set('lm_head.weight', packed(embedding, 'int4'));
  const store: TensorStore = { origin: 'rounded', tensors, close: () => Promise.resolve() };
  return await byEngine(gpu, isApart ? { ...config, tiedEmbeddings: false } : config, store, null, texts);
}

function roundedRows(name: string, rows: StoredRows, rounding: Rounding): StoredRows {
  if (rows.shape.length < 2) return rows;
  if (rounding === 'int4' && name === 'model.embed_tokens.weight') {
    return {
      ...plain(rows),
      read: async (from, to) => fromFloat16(toFloat16(await rows.read(from, to))),
    };
  }
  return packed(rows, rounding);
}

/** As the engine's own packed forms, whose codes ONNX takes over, and whose 8 bits differ from GGUF's by their scale. */
function packed(rows: StoredRows, rounding: Rounding): StoredRows {
  const width = rowWidth(rows.shape);
  return {
    ...plain(rows),
    read: async (from, to) => {
      const numbers = await rows.read(from, to);
      return unpackRows(rounding, packRows(rounding, numbers, width), width);
    },
  };
}

/** Without the file's own blocks. */
const plain = (rows: StoredRows): StoredRows => mapped(rows, (value) => value);
