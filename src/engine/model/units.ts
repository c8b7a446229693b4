/**
 * How Hugging Face tensors are grouped on the GPU. Projections that read the same input lie one under the other in
 * one unit (q, k, v; gate, up), so that each group is one matrix product.
 */
import { elementsOf } from '../../formats/tensor-store';
import type { ModelConfig } from '../types';
import type { LoraTarget } from '../../settings/choices';
import { layerNorms } from './tensors';

export interface UnitPart {
  /** Hugging Face tensor name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Elements from the start of the unit. */
  readonly offset: number;
}

export interface StorageUnit {
  readonly key: string;
  readonly parts: readonly UnitPart[];
  readonly elements: number;
  /** Added to every number that the file holds. */
  readonly added: number;
}

export const LINEAR_KEYS = ['qkv', 'o', 'gateUp', 'down'] as const;
export type LinearKey = (typeof LINEAR_KEYS)[number];

/** One projection inside a linear unit. */
export interface LinearModule {
  readonly target: LoraTarget;
  /** Hugging Face module path without `.weight`. */
  readonly path: string;
  readonly rows: number;
  /** First output column inside the unit. */
  readonly firstRow: number;
}

export interface LinearUnit {
  readonly key: LinearKey;
  readonly inputs: number;
  readonly outputs: number;
  readonly modules: readonly LinearModule[];
}

/** The four linear units of a layer. */
export function linearUnits(config: ModelConfig, layer: number): Record<LinearKey, LinearUnit> {
  const q = config.heads * config.headDim;
  const kv = config.kvHeads * config.headDim;
  const d = config.hiddenSize;
  const f = config.intermediateSize;
  const attn = `model.layers.${layer}.self_attn.`;
  const mlp = `model.layers.${layer}.mlp.`;
  const unit = (
    key: LinearKey,
    inputs: number,
    list: readonly (readonly [LoraTarget, string, number])[],
  ): LinearUnit => {
    let firstRow = 0;
    const modules = list.map(([target, path, rows]) => {
      const module = { target, path, rows, firstRow };
      firstRow += rows;
      return module;
    });
    return { key, inputs, outputs: firstRow, modules };
  };
  return {
    qkv: unit('qkv', d, [
      ['q_proj', `${attn}q_proj`, q],
      ['k_proj', `${attn}k_proj`, kv],
      ['v_proj', `${attn}v_proj`, kv],
    ]),
    o: unit('o', q, [['o_proj', `${attn}o_proj`, d]]),
    gateUp: unit('gateUp', d, [
      ['gate_proj', `${mlp}gate_proj`, f],
      ['up_proj', `${mlp}up_proj`, f],
    ]),
    down: unit('down', f, [['down_proj', `${mlp}down_proj`, d]]),
  };
}

/** All units of a model in a fixed order: the layout of a flat arena. */
export function storageUnits(config: ModelConfig): StorageUnit[] {
  const units: StorageUnit[] = [];
  const add = (key: string, parts: readonly (readonly [string, readonly number[]])[], added = 0) => {
    let offset = 0;
    const placed = parts.map(([name, shape]) => {
      const part = { name, shape, offset };
      offset += elementsOf(shape);
      return part;
    });
    units.push({ key, parts: placed, elements: offset, added });
  };
  const norm = (key: string, name: string, width: number) => add(key, [[name, [width]]], config.normOffset);
  const { hiddenSize: d, vocabSize } = config;
  add('embedding', [['model.embed_tokens.weight', [vocabSize, d]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    const linear = linearUnits(config, layer);
    const [input, ...others] = layerNorms(config, layer);
    if (input !== undefined) norm(`${layer}.${input[0]}`, input[1], d);
    for (const key of LINEAR_KEYS) {
      const unit = linear[key];
      add(
        `${layer}.${key}`,
        unit.modules.map((m) => [`${m.path}.weight`, [m.rows, unit.inputs]] as const),
      );
    }
    if (config.qkvBias) {
      add(
        `${layer}.qkvBias`,
        linear.qkv.modules.map((m) => [`${m.path}.bias`, [m.rows]] as const),
      );
    }
    if (config.qkNorm) {
      norm(`${layer}.qNorm`, `${prefix}self_attn.q_norm.weight`, config.headDim);
      norm(`${layer}.kNorm`, `${prefix}self_attn.k_norm.weight`, config.headDim);
    }
    for (const [key, name] of others) norm(`${layer}.${key}`, name, d);
  }
  norm('finalNorm', 'model.norm.weight', d);
  if (!config.tiedEmbeddings) add('head', [['lm_head.weight', [vocabSize, d]]]);
  return units;
}
