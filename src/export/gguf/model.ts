/** A merged model as GGUF, for llama.cpp, Ollama and wllama. Keys: llama.cpp's `llama-model.cpp` (load_hparams). */
import { createTokenizer } from '../../chat/tokenizer';
import { layerAttention } from '../../engine/model/features';
import type { ModelConfig } from '../../engine/types';
import { PolicyError } from '../../errors/policy';
import type { LlamaCppForm } from '../../errors/texts/en/policy/exports';
import { readJson } from '../../formats/files';
import { rowWidth, type StoredRows } from '../../formats/tensor-store';
import { scaledFrequency } from '../../kernels/rotary/rotary';
import { mapped } from '../rows';
import type { ExportSink } from '../sink';
import type { ExportSource } from '../source';
import type { Report } from '../types';
import { ARCHITECTURES, ggufName, isPermuted, permuted } from './names';
import { tokenizerMetadata } from './tokenizer';
import { type GgmlType, GGML_TYPES, type GgufTensor, type GgufValue, writeGguf } from './writer';

/** llama.cpp's `llama_ftype`. */
const FILE_TYPES: Readonly<Record<GgmlType, number>> = { f32: 0, f16: 1, q8_0: 7, bf16: 32 };

export interface GgufOptions {
  readonly type: GgmlType;
  /** Name of the file and, in it, of the model. */
  readonly name: string;
  readonly maxBytes: number;
  readonly anyTokenizer: boolean;
}

/** @returns the names of the files @throws PolicyError for what llama.cpp has no form for */
export async function exportGguf(
  source: ExportSource,
  sink: ExportSink,
  { type, name, maxBytes, anyTokenizer }: GgufOptions,
  report: Report,
): Promise<string[]> {
  const { config, files } = source;
  refuseUnknownForms(config, files.origin);
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'text', value: ARCHITECTURES[config.family] }],
    ['general.type', { type: 'text', value: 'model' }],
    ['general.name', { type: 'text', value: name }],
    ['general.file_type', { type: 'u32', value: FILE_TYPES[type] }],
    ['general.quantization_version', { type: 'u32', value: 2 }],
    ...architecture(config),
    ...(await tokenizer(source, anyTokenizer, report)),
  ]);
  return await writeGguf(sink, name, metadata, ggufTensors(source, type), maxBytes, report);
}

/** The tensors of the file, in its order. */
export function ggufTensors({ config, tensors }: ExportSource, type: GgmlType): GgufTensor[] {
  const all = [...tensors].map(([own, rows]) => tensorOf(config, own, rows, type));
  const frequencies = rotaryFactors(config);
  if (frequencies !== null) all.push({ name: 'rope_freqs.weight', tensor: frequencies, type: 'f32' });
  return all;
}

function tensorOf(config: ModelConfig, name: string, rows: StoredRows, type: GgmlType): GgufTensor {
  const target = (['q_proj', 'k_proj'] as const).find((t) => name.includes(`.${t}.`));
  let tensor = rows;
  if (target !== undefined && isPermuted(config, target)) tensor = permuted(tensor, config.headDim);
  if (config.normOffset !== 0 && name.endsWith('norm.weight')) {
    tensor = mapped(tensor, (value) => value + config.normOffset);
  }
  return { name: ggufName(config, name), tensor, type: storedType(tensor, type) };
}

/** Norms and biases stay whole, and rows that are no whole blocks take 16 bits a number. */
function storedType({ shape }: StoredRows, type: GgmlType): GgmlType {
  if (shape.length < 2) return 'f32';
  return rowWidth(shape) % GGML_TYPES[type].block === 0 ? type : 'f16';
}

export function architecture(config: ModelConfig): Map<string, GgufValue> {
  const prefix = ARCHITECTURES[config.family];
  const keys = new Map<string, GgufValue>();
  const whole = (key: string, value: number) => keys.set(`${prefix}.${key}`, { type: 'u32', value });
  const real = (key: string, value: number) => keys.set(`${prefix}.${key}`, { type: 'f32', value });
  whole('block_count', config.layers);
  whole('context_length', config.maxPositions);
  whole('embedding_length', config.hiddenSize);
  whole('feed_forward_length', config.intermediateSize);
  whole('attention.head_count', config.heads);
  whole('attention.head_count_kv', config.kvHeads);
  whole('attention.key_length', config.headDim);
  whole('attention.value_length', config.headDim);
  whole('rope.dimension_count', config.headDim);
  whole('vocab_size', config.vocabSize);
  real('attention.layer_norm_rms_epsilon', config.rmsNormEps);
  real('rope.freq_base', config.ropeTheta);
  const { ropeScaling } = config;
  if (ropeScaling !== null && !('lowFreqFactor' in ropeScaling)) {
    keys.set(`${prefix}.rope.scaling.type`, { type: 'text', value: 'linear' });
    real('rope.scaling.factor', ropeScaling.factor);
  }
  const window = config.attention?.find((layer) => layer.window !== null)?.window ?? null;
  if (window !== null) whole('attention.sliding_window', window);
  return keys;
}

/**
 * llama.cpp has the pattern of layers, local frequencies and the scale of scores of each architecture in its code.
 * @throws PolicyError where the model's are others
 */
function refuseUnknownForms(config: ModelConfig, origin: string): void {
  const fail = (form: LlamaCppForm): never => {
    throw PolicyError.of('policy/gguf-form', { origin, form, family: config.family });
  };
  const { attention, family, headDim, hiddenSize, heads, attentionScale } = config;
  if (family === 'gemma3') {
    (attention ?? []).forEach(({ window, rotary }, layer) => {
      const isFull = (layer + 1) % 6 === 0;
      if (isFull !== (window === null))
        fail({ layer, fault: window === null ? 'sees-everything' : 'has-window' });
      if (!isFull && (rotary?.theta !== 10_000 || rotary.scaling !== null)) {
        fail({ layer, fault: 'has-other-frequencies' });
      }
    });
    // The 27B model scales by the width of a head that its heads do not have.
    const scale = config.layers === 62 ? 1 / Math.sqrt(hiddenSize / heads) : 1 / Math.sqrt(headDim);
    if (Math.abs((attentionScale ?? scale) - scale) > 1e-9) fail({ scale: attentionScale });
    return;
  }
  if (attentionScale !== null) fail({ scale: attentionScale });
  for (let layer = 0; layer < config.layers; layer++) {
    const { window, rotary } = layerAttention(config, layer);
    if (window !== null) fail({ layer, fault: 'has-window' });
    const rotates = family !== 'smollm3' || (layer + 1) % 4 !== 0;
    if (rotates !== (rotary !== null)) fail({ layer, fault: rotates ? 'does-not-rotate' : 'does-rotate' });
  }
}

/** Llama 3's frequencies, as what each plain one is divided by. */
function rotaryFactors({ ropeScaling, ropeTheta, headDim }: ModelConfig): StoredRows | null {
  if (ropeScaling === null || !('lowFreqFactor' in ropeScaling)) return null;
  const factors = Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const plain = ropeTheta ** ((-2 * i) / headDim);
    return plain / scaledFrequency(plain, ropeScaling);
  });
  return {
    shape: [headDim / 2],
    format: 'F32',
    bytes: factors.byteLength,
    read: (from, to) => Promise.resolve(factors.subarray(from, to)),
  };
}

async function tokenizer(
  { files, config }: ExportSource,
  anyTokenizer: boolean,
  report: Report,
): Promise<Map<string, GgufValue>> {
  const { pretrained } = await createTokenizer(files);
  const bos = pretrained.bos_token_id ?? config.bosTokenId;
  const eos = pretrained.eos_token_id ?? config.eosTokenIds[0] ?? null;
  const around = pretrained.encode('a');
  const own = await readJson(files, 'tokenizer_config.json');
  const template = pretrained.chat_template as unknown;
  return tokenizerMetadata(
    {
      tokenizer: await readJson(files, 'tokenizer.json'),
      config: textTokens(own as Readonly<Record<string, unknown>>),
      vocabSize: config.vocabSize,
      bosTokenId: bos,
      eosTokenId: eos,
      addsBos: bos !== null && around[0] === bos,
      addsEos: eos !== null && around.at(-1) === eos,
      chatTemplate: typeof template === 'string' ? template : null,
      anyTokenizer,
      origin: files.origin,
    },
    (message) => report.notice(message),
  );
}

/** Special tokens as texts, which some files describe by objects. */
function textTokens(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const isToken = typeof value === 'object' && value !== null && 'content' in value;
      return [key, isToken ? value.content : value];
    }),
  );
}
