/**
 * Exports of every family, loaded by the programs they are made for, against the engine: llama.cpp, transformers and PEFT
 * (Python) and transformers.js on ONNX Runtime.
 *
 *   tsx scripts/real/exports.ts --python PATH [--keep DIR] [--model DIR]
 *
 * Models are random and small, adapters random with ranks and scales that differ, so that whatever is in the wrong place
 * shows. --model adds one of yours, with a random adapter. --python is an interpreter with torch, transformers, peft and
 * llama-cpp-python.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { folderFiles } from '../../src/engine/files/folder-node';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import { loadModelConfig } from '../../src/engine/model/config';
import { adapterTensors, expectedTensors } from '../../src/engine/model/tensors';
import { adapterFolder, readAdapterFolder } from '../../src/engine/peft';
import type { LoraConfig, LoraModuleConfig, ModelConfig } from '../../src/engine/types';
import { streamWeights } from '../../src/engine/weights/stream';
import { openWeights } from '../../src/engine/weights/weight-files';
import { exportModel, type ExportOptions } from '../../src/export/export';
import { folderSink } from '../../src/export/sink-node';
import type { ModelFiles } from '../../src/formats/files';
import { writeSafetensors } from '../../src/formats/safetensors';
import type { HostTensors } from '../../src/formats/tensors';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import { Random } from '../../src/random/philox';
import { buildForest } from '../../src/tokens/forest';
import { LORA_TARGETS } from '../../src/settings/choices';
import { createDawnGpu } from '../runtime/dawn';
import { REPOSITORY } from '../runtime/page';

const TOKENIZER = join(REPOSITORY, 'public/models/mailgym-tiny');
const LENGTH = 40;
const NEW_TOKENS = 24;

const SIZES = {
  vocab_size: 1408,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-5,
  bos_token_id: null,
  eos_token_id: 1,
  torch_dtype: 'float32',
};

/** One model of each family, with what is special in it. */
const MODELS: Readonly<Record<string, object>> = {
  llama: {
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], tie_word_embeddings: false },
    ...{ hidden_act: 'silu', rope_theta: 10_000 },
  },
  'llama 3': {
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 500_000 },
    rope_scaling: {
      ...{ rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
      original_max_position_embeddings: 64,
    },
  },
  qwen2: {
    ...{ model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 1_000_000, head_dim: 16 },
  },
  qwen3: {
    ...{ model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 1_000_000 },
  },
  gemma3: {
    ...{ model_type: 'gemma3_text', architectures: ['Gemma3ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_activation: 'gelu_pytorch_tanh', rope_theta: 1_000_000, rope_local_base_freq: 10_000 },
    ...{ num_hidden_layers: 7, sliding_window: 8, sliding_window_pattern: 6, query_pre_attn_scalar: 32 },
  },
  smollm3: {
    ...{ model_type: 'smollm3', architectures: ['SmolLM3ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 2_000_000, no_rope_layers: [1, 1, 1, 0], head_dim: 16 },
  },
};

interface Row {
  readonly model: string;
  readonly program: string;
  readonly gap: number;
  readonly same: number;
  readonly bound: number;
  readonly note: string;
}

/** What comes of an export, and how far its log-probs may be from the engine's. */
interface Form {
  readonly name: string;
  readonly options: Pick<ExportOptions, 'format' | 'type' | 'maxBytes'>;
  readonly bound: number;
}

const FORMS: readonly Form[] = [
  { name: 'PEFT folder: peft', options: { format: 'peft' }, bound: 1e-3 },
  {
    name: 'safetensors f32, in parts: transformers',
    options: { format: 'safetensors', type: 'f32', maxBytes: 2e5 },
    bound: 1e-3,
  },
  { name: 'safetensors bf16: transformers', options: { format: 'safetensors', type: 'bf16' }, bound: 0.5 },
  { name: 'safetensors f16: transformers', options: { format: 'safetensors', type: 'f16' }, bound: 0.05 },
  { name: 'GGUF f32: llama.cpp', options: { format: 'gguf', type: 'f32' }, bound: 2e-3 },
  {
    name: 'GGUF f16, in parts: llama.cpp',
    options: { format: 'gguf', type: 'f16', maxBytes: 1.2e5 },
    bound: 0.1,
  },
  { name: 'GGUF q8_0: llama.cpp', options: { format: 'gguf', type: 'q8_0' }, bound: 0.5 },
  { name: 'GGUF adapter f32: llama.cpp', options: { format: 'gguf-adapter', type: 'f32' }, bound: 2e-3 },
  { name: 'ONNX fp32: transformers.js', options: { format: 'onnx', type: 'fp32' }, bound: 1e-3 },
  { name: 'ONNX fp16: transformers.js', options: { format: 'onnx', type: 'fp16' }, bound: 0.1 },
  { name: 'ONNX q4: transformers.js', options: { format: 'onnx', type: 'q4' }, bound: Infinity },
];

interface Scores {
  readonly logprobs: readonly (readonly number[])[];
  readonly greedy: readonly number[];
}

const ids = (random: Random, count: number, vocabulary: number): number[] =>
  Array.from({ length: count }, () => 16 + random.integer(Math.min(vocabulary, 1400) - 16));

async function main(): Promise<void> {
  const { python, keep, model } = readArguments(process.argv.slice(2));
  const work = keep ?? mkdtempSync(join(tmpdir(), 'mailgym-exports-'));
  mkdirSync(work, { recursive: true });
  const { gpu } = await openDevice(await createDawnGpu());
  const rows: Row[] = [];
  for (const [name, config] of Object.entries(MODELS)) {
    const folder = join(work, name.replaceAll(' ', ''));
    await makeModel(join(folder, 'model'), { ...SIZES, ...config });
    rows.push(
      ...(await check(gpu, python, name, folder, folderFiles(join(folder, 'model')), join(folder, 'model'))),
    );
  }
  if (model !== undefined) {
    const files = await openModelFilesNode(model, join(REPOSITORY, 'public', 'models'));
    rows.push(...(await check(gpu, python, model, join(work, 'own'), files, null)));
  }
  gpu.device.destroy();
  print(rows);
  if (keep === undefined) rmSync(work, { recursive: true });
  if (rows.some(({ gap, bound }) => !(gap <= bound))) process.exitCode = 1;
}

function readArguments(argv: readonly string[]): { python: string; keep?: string; model?: string } {
  const value = (name: string) => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? undefined : argv[at + 1];
  };
  const [keep, model] = [value('keep'), value('model')];
  return {
    python: value('python') ?? 'python3',
    ...(keep === undefined ? {} : { keep }),
    ...(model === undefined ? {} : { model }),
  };
}

/** A folder as transformers saves it, weights large enough that every part matters. */
async function makeModel(folder: string, config: object): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  for (const file of ['tokenizer.json', 'tokenizer_config.json'])
    cpSync(join(TOKENIZER, file), join(folder, file));
  const parsed = await loadModelConfig(folderFiles(folder));
  const tensors = new Map(
    [...expectedTensors(parsed)].map(([name, shape]) => {
      const random = new Random(7, name);
      const isNorm = name.endsWith('norm.weight');
      const centre = isNorm ? 1 - parsed.normOffset : 0;
      // Scaled embeddings of Gemma would drown what the layers add.
      const spread =
        isNorm || name.endsWith('.bias') ? 0.2 : name.includes('embed') ? 0.3 / parsed.embeddingScale : 0.2;
      return [name, { shape, data: numbers(shape, () => centre + spread * random.normal()) }] as const;
    }),
  );
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(new Map(tensors)));
}

function numbers(shape: readonly number[], next: () => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, next);
}

/** Ranks and alphas by module, some modules left out. */
function randomAdapter(config: ModelConfig): { lora: LoraConfig; tensors: HostTensors } {
  const modules: LoraModuleConfig[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    LORA_TARGETS.forEach((target, i) => {
      if (layer === 1 && target === 'k_proj') return;
      modules.push({ layer, target, r: 2 + ((layer + i) % 3), alpha: 3 + (i % 2) });
    });
  }
  const lora = { r: 2, alpha: 3, targets: LORA_TARGETS, rslora: true, modules };
  const tensors = new Map(
    [...adapterTensors(config, lora)].map(([name, shape]) => {
      const random = new Random(9, name);
      const size = name.includes('lora_A') ? 1 / Math.sqrt(shape[1] as number) : 0.1;
      return [name, { shape, data: numbers(shape, () => size * random.normal()) }] as const;
    }),
  );
  return { lora, tensors };
}

async function check(
  gpu: Gpu,
  python: string,
  model: string,
  folder: string,
  files: ModelFiles,
  /** Folder that transformers loads; null: there is none, and what needs it is left out. */
  base: string | null,
): Promise<Row[]> {
  const config = await loadModelConfig(files);
  const { lora, tensors } = randomAdapter(config);
  const adapter = adapterFolder(tensors, lora, { baseModel: base ?? model });
  const random = new Random(3, model);
  const sequences = [ids(random, LENGTH, config.vocabSize), ids(random, LENGTH, config.vocabSize)];
  const prompt = ids(random, 12, config.vocabSize);
  const own = await byEngine(gpu, files, config, adapter, sequences, prompt);
  const sinkOf = (form: string) => join(folder, form.replaceAll(/\W+/g, '-'));
  const forms = FORMS.filter(({ options }) => base !== null || options.format !== 'peft');
  for (const { name, options } of forms) {
    const to = { adapter, baseModel: base ?? model, name: 'model', anyTokenizer: true, ...options };
    await exportModel(files, folderSink(sinkOf(name)), to);
  }
  const bare = join(folder, 'bare');
  await exportModel(files, folderSink(bare), {
    ...{ format: 'gguf', type: 'f32', adapter: null, baseModel: null, name: 'model', anyTokenizer: true },
  });
  const judged = forms.filter(({ options }) => options.format !== 'onnx');
  const task = {
    items: judged.map(({ name, options: { format } }) => ({
      ...{ name, kind: format, path: pathOf(sinkOf(name), format) },
      base: format === 'gguf-adapter' ? join(bare, 'model.gguf') : base,
    })),
    ...{ sequences, prompt, tokens: NEW_TOKENS },
  };
  const scores = new Map<string, Scores | { readonly error: string }>(
    Object.entries(referee(python, folder, task)),
  );
  for (const { name, options } of forms) {
    if (options.format === 'onnx') scores.set(name, await byTransformersJs(sinkOf(name), sequences, prompt));
  }
  return forms.map(({ name, bound }) => compare(model, name, own, scores.get(name), bound));
}

/** The file or folder that a program is given; of a file in parts the first. */
function pathOf(folder: string, format: string): string {
  if (!format.startsWith('gguf')) return folder;
  const found = execFileSync('ls', [folder], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.endsWith('.gguf'));
  return join(folder, found.sort()[0] as string);
}

function referee(python: string, folder: string, task: object): Record<string, Scores | { error: string }> {
  const [from, to] = [join(folder, 'task.json'), join(folder, 'result.json')];
  writeFileSync(from, JSON.stringify(task));
  const script = fileURLToPath(new URL('exports_referee.py', import.meta.url));
  execFileSync(python, [script, from, to], { stdio: ['ignore', 'inherit', 'pipe'] });
  return JSON.parse(readFileSync(to, 'utf8')) as Record<string, Scores | { error: string }>;
}

async function byEngine(
  gpu: Gpu,
  files: ModelFiles,
  config: ModelConfig,
  adapter: ReadonlyMap<string, Uint8Array>,
  sequences: readonly (readonly number[])[],
  prompt: readonly number[],
): Promise<Scores> {
  const { lora, tensors } = readAdapterFolder(adapter, config);
  const store = await openWeights(files);
  const weights = await streamWeights(gpu, config, store, 'f32');
  await store.close();
  const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
  policy.loadAdapter(tensors);
  const logprobs: number[][] = [];
  for (const sequence of sequences) {
    const count = sequence.length - 1;
    const rows = {
      count,
      predictor: Int32Array.from({ length: count }, (_, i) => i),
      target: Int32Array.from(sequence.slice(1)),
      ...{ old: new Float32Array(count), pos: new Float32Array(count), neg: new Float32Array(count) },
      weight: new Float32Array(count),
    };
    const { forest } = buildForest([{ ids: sequence }]);
    const scored = await policy.score(forest, rows, { adapter: true, temperature: 1 });
    logprobs.push([0, ...scored]);
  }
  const [sampled] = await policy.sample([{ key: { step: 0, group: 0, rollout: 0 }, promptIds: prompt }], {
    params: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
    stopIds: [],
    maxTurnTokens: NEW_TOKENS,
    maxSeqLength: prompt.length + NEW_TOKENS,
    onTurn: () => null,
  });
  policy.dispose();
  weights.dispose();
  return { logprobs, greedy: (sampled?.ids ?? []).slice(prompt.length) };
}

async function byTransformersJs(
  folder: string,
  sequences: readonly (readonly number[])[],
  prompt: readonly number[],
): Promise<Scores | { error: string }> {
  env.allowRemoteModels = false;
  env.localModelPath = '/';
  try {
    const model = await AutoModelForCausalLM.from_pretrained(folder);
    const input = (tokens: readonly number[]) => {
      const dims = [1, tokens.length];
      return {
        input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), dims),
        attention_mask: new Tensor('int64', new BigInt64Array(tokens.length).fill(1n), dims),
      };
    };
    const logprobs: number[][] = [];
    for (const sequence of sequences) {
      const all = { ...input(sequence), num_logits_to_keep: new Tensor('int64', [0n], []) };
      const { logits } = (await model(all)) as { logits: Tensor };
      const width = logits.dims[2] as number;
      const data = logits.data as Float32Array;
      logprobs.push([
        0,
        ...sequence.slice(1).map((id, t) => logSoftmaxAt(data.subarray(t * width, (t + 1) * width), id)),
      ]);
    }
    const made = (await model.generate({
      ...input(prompt),
      ...{ max_new_tokens: NEW_TOKENS, do_sample: false, eos_token_id: -1 },
    } as never)) as Tensor;
    await model.dispose();
    return { logprobs, greedy: [...(made.data as BigInt64Array)].map(Number).slice(prompt.length) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function logSoftmaxAt(row: Float32Array, id: number): number {
  const top = row.reduce((most, x) => Math.max(most, x), -Infinity);
  return (row[id] as number) - top - Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
}

function compare(
  model: string,
  program: string,
  own: Scores,
  found: Scores | { readonly error: string } | undefined,
  bound: number,
): Row {
  if (found === undefined || 'error' in found) {
    return { model, program, gap: NaN, same: 0, bound, note: found?.error ?? 'no result' };
  }
  const gap = Math.max(
    ...own.logprobs.flatMap((row, s) => row.map((x, t) => Math.abs(x - (found.logprobs[s]?.[t] ?? NaN)))),
  );
  const differs = own.greedy.findIndex((id, i) => id !== found.greedy[i]);
  return { model, program, gap, same: differs < 0 ? own.greedy.length : differs, bound, note: '' };
}

function print(rows: readonly Row[]): void {
  console.log('| model | form: program | largest gap of log-probs | allowed | equal greedy tokens |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const { model, program, gap, same, bound, note } of rows) {
    const mark = gap <= bound ? '' : ' **too far**';
    const result = note === '' ? `${gap.toExponential(1)}${mark}` : note.slice(0, 160);
    console.log(`| ${model} | ${program} | ${result} | ${bound} | ${same} of ${NEW_TOKENS} |`);
  }
}

await main();
