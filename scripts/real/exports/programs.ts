/** Log-probs and greedy tokens of one export by the engine and by the program it is made for. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { GpuPolicy, type Training } from '../../../src/engine/gpu-policy';
import type { ReadAdapter } from '../../../src/engine/peft';
import type { ModelConfig } from '../../../src/engine/types';
import { streamWeights } from '../../../src/engine/weights/stream';
import type { TensorStore } from '../../../src/formats/tensor-store';
import type { Gpu } from '../../../src/kernels/gpu';
import { buildForest } from '../../../src/tokens/forest';
import { refereeScript, runPython } from '../referees';

export interface Scores {
  readonly logprobs: readonly (readonly number[])[];
  readonly greedy: readonly number[];
}

/** A refusal is a result too. */
export type Found = Scores | { readonly error: string };

export interface Texts {
  readonly sequences: readonly (readonly number[])[];
  readonly prompt: readonly number[];
  /** How many are to be written after the prompt. */
  readonly tokens: number;
}

/** @param adapter null: the weights are all there is */
export async function byEngine(
  gpu: Gpu,
  config: ModelConfig,
  store: TensorStore,
  adapter: ReadAdapter | null,
  { sequences, prompt, tokens }: Texts,
): Promise<Scores> {
  const weights = await streamWeights(gpu, config, store, 'f32');
  const training: Training =
    adapter === null ? { kind: 'none' } : { kind: 'adapter', lora: adapter.lora, seed: 0 };
  const policy = new GpuPolicy(gpu, config, weights, training);
  if (adapter !== null) policy.loadAdapter(adapter.tensors);
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
    maxTurnTokens: tokens,
    maxSeqLength: prompt.length + tokens,
    onTurn: () => null,
  });
  policy.dispose();
  weights.dispose();
  return { logprobs, greedy: (sampled?.ids ?? []).slice(prompt.length) };
}

/** One file or folder for `referee/exports.py`. */
export interface RefereeItem {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly base: string | null;
}

/** What the Python programs find, and for GGUF of 8 bits the share of blocks that are not as gguf's `quantize` makes them. */
export type RefereeResults = Readonly<Record<string, Found & { readonly blocks?: number }>>;

export function byReferees(
  python: string,
  folder: string,
  items: readonly RefereeItem[],
  texts: Texts,
): RefereeResults {
  const [from, to] = [join(folder, 'task.json'), join(folder, 'result.json')];
  writeFileSync(from, JSON.stringify({ items, ...texts }));
  runPython(python, [refereeScript('exports'), from, to]);
  return JSON.parse(readFileSync(to, 'utf8')) as RefereeResults;
}

/** The file or folder that a program is given; of a file in parts the first. */
export function pathOf(folder: string, format: string): string {
  if (!format.startsWith('gguf')) return folder;
  const [first] = readdirSync(folder)
    .filter((name) => name.endsWith('.gguf'))
    .sort();
  return join(folder, first as string);
}

export async function byTransformersJs(folder: string, { sequences, prompt, tokens }: Texts): Promise<Found> {
  env.allowRemoteModels = false;
  env.localModelPath = '/';
  try {
    const model = await AutoModelForCausalLM.from_pretrained(folder);
    const input = (ids: readonly number[]) => {
      const dims = [1, ids.length];
      return {
        input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
        attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
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
      ...{ max_new_tokens: tokens, do_sample: false, eos_token_id: -1 },
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
