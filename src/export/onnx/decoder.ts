/**
 * A model as an ONNX graph in the shape that transformers.js runs: past keys and values in, present ones out. Attention
 * and norms are ONNX Runtime's fused operators (com.microsoft), as in the models of that library.
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { attentionScale, layerAttention } from '../../engine/model/features';
import { layerNorms, linearPath } from '../../engine/model/tensors';
import type { LayerAttention, ModelConfig } from '../../engine/types';
import { MICROSOFT, type NodeOptions, OnnxModel } from '../../formats/onnx/model';
import type { StoredRows } from '../../formats/tensor-store';
import { toFloat16 } from '../../formats/float-write';
import { rotaryTable } from '../../kernels/rotary/rotary';
import type { LoraTarget } from '../../settings/choices';
import { mapped } from '../rows';
import { Lengths } from './lengths';
import { type FloatElement, type OnnxType, storePacked, storeRows, storeTransposed } from './weights';

/** Positions whose rotations are in the file: 32 MB a table at most. */
const MAX_POSITIONS = 32_768;

export const positionsOf = ({ maxPositions }: ModelConfig): number => Math.min(maxPositions, MAX_POSITIONS);

/** What numbers are computed in. Gemma 3's residual stream leaves the range of 16 bits, so it is computed in 32. */
export const computedIn = ({ family }: ModelConfig, type: OnnxType): FloatElement =>
  type === 'fp16' && family !== 'gemma3' ? 'float16' : 'float32';

const ELEMENT_IDS = { float32: 1, float16: 10 } as const;

/**
 * Inputs: `input_ids` and `position_ids` [batch, new], `attention_mask` [batch, past + new], `num_logits_to_keep` (0 for
 * all), `past_key_values.<layer>.key|value` [batch, heads, past, head size]. Outputs: `logits` [batch, kept, vocabulary] in
 * float32, `present.<layer>.key|value`.
 */
export function decoderGraph(
  config: ModelConfig,
  tensors: ReadonlyMap<string, StoredRows>,
  type: OnnxType,
): OnnxModel {
  return new Builder(config, tensors, type).build();
}

class Builder {
  readonly #config: ModelConfig;
  readonly #tensors: ReadonlyMap<string, StoredRows>;
  readonly #type: OnnxType;
  readonly #compute: FloatElement;
  readonly #model = new OnnxModel('decoder');
  readonly #lengths: Lengths;
  readonly #tables = new Map<string, readonly [cos: string, sin: string]>();
  #residual = '';

  constructor(config: ModelConfig, tensors: ReadonlyMap<string, StoredRows>, type: OnnxType) {
    this.#config = config;
    this.#tensors = tensors;
    this.#type = type;
    this.#compute = computedIn(config, type);
    this.#model.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
    this.#lengths = new Lengths(this.#model, this.#compute);
  }

  build(): OnnxModel {
    const { layers } = this.#config;
    this.#residual = this.#embedding();
    let normed = this.#norm(this.#residual, this.#firstNorm(0), -1);
    for (let layer = 0; layer < layers; layer++) {
      const names = new Map(layerNorms(this.#config, layer));
      const branch = (value: string, norm: 'attentionOutNorm' | 'mlpOutNorm') => {
        const name = names.get(norm);
        return name === undefined ? value : this.#norm(value, name, -1);
      };
      const attended = branch(this.#attention(layer, normed), 'attentionOutNorm');
      normed = this.#addAndNorm(attended, names.get('postNorm') as string);
      const next = layer + 1 < layers ? this.#firstNorm(layer + 1) : 'model.norm.weight';
      normed = this.#addAndNorm(branch(this.#mlp(layer, normed), 'mlpOutNorm'), next);
    }
    this.#head(normed);
    return this.#model;
  }

  #firstNorm(layer: number): string {
    return new Map(layerNorms(this.#config, layer)).get('inputNorm') as string;
  }

  #embedding(): string {
    const { embeddingScale } = this.#config;
    const stored = this.#type === 'fp32' ? 'float32' : 'float16';
    const table = storeRows(
      this.#model,
      'model.embed_tokens.weight',
      this.#rows('model.embed_tokens.weight'),
      stored,
    );
    const rows = this.#cast(this.#model.value('Gather', [table, 'input_ids']), stored);
    if (embeddingScale === 1) return rows;
    return this.#model.value('Mul', [rows, this.#number('embedding_scale', embeddingScale)]);
  }

  #attention(layer: number, x: string): string {
    const model = this.#model;
    const { heads, kvHeads, headDim, qkNorm } = this.#config;
    const project = (target: LoraTarget, count: number) => {
      const path = linearPath(layer, target);
      let value = this.#linear(path, x);
      if (this.#tensors.has(`${path}.bias`)) value = model.value('Add', [value, this.#plain(`${path}.bias`)]);
      if (!qkNorm || target === 'v_proj') return value;
      const name = `model.layers.${layer}.self_attn.${target === 'q_proj' ? 'q' : 'k'}_norm.weight`;
      const split = model.value('Reshape', [
        value,
        this.#integers(`by_head_${count}`, [0, 0, count, headDim]),
      ]);
      const joined = this.#integers(`all_heads_${count}`, [0, 0, count * headDim]);
      return model.value('Reshape', [this.#norm(split, name, -1), joined]);
    };
    const qkv = [project('q_proj', heads), project('k_proj', kvHeads), project('v_proj', kvHeads)];
    const cacheShape = (length: string) => ['batch_size', kvHeads, length, headDim];
    const past = ['key', 'value'].map((kind) =>
      model.input(`past_key_values.${layer}.${kind}`, this.#compute, cacheShape('past_sequence_length')),
    );
    const present = ['key', 'value'].map((kind) => `present.${layer}.${kind}`);
    const { rotary, window } = layerAttention(this.#config, layer);
    const rotation = rotary === null ? ['', '', ''] : [...this.#rotation(rotary), 'position_ids'];
    const { seqlens, total } = this.#lengths;
    const [mixed = ''] = model.node(
      'GroupQueryAttention',
      [...qkv, ...past, seqlens, total, ...rotation, this.#lengths.bias(window)],
      [`attention_${layer}`, ...present],
      {
        domain: MICROSOFT,
        attributes: {
          num_heads: heads,
          kv_num_heads: kvHeads,
          do_rotary: rotary === null ? 0 : 1,
          scale: { float: attentionScale(this.#config) },
        },
      },
    );
    for (const name of present) model.output(name, this.#compute, cacheShape('total_sequence_length'));
    return this.#linear(linearPath(layer, 'o_proj'), mixed);
  }

  #mlp(layer: number, x: string): string {
    const model = this.#model;
    const gate = this.#linear(linearPath(layer, 'gate_proj'), x);
    const up = this.#linear(linearPath(layer, 'up_proj'), x);
    const active =
      this.#config.activation === 'silu'
        ? model.value('Mul', [gate, model.value('Sigmoid', [gate])])
        : // By the tanh formula.
          model.value('FastGelu', [gate], { domain: MICROSOFT });
    return this.#linear(linearPath(layer, 'down_proj'), model.value('Mul', [active, up]));
  }

  /** Logits of the last `num_logits_to_keep` positions; 0 keeps all, since −0 is the first. */
  #head(normed: string): void {
    const model = this.#model;
    const { vocabSize, hiddenSize, tiedEmbeddings } = this.#config;
    model.input('num_logits_to_keep', 'int64', []);
    const first = model.value('Unsqueeze', [
      model.value('Neg', ['num_logits_to_keep']),
      this.#integers('zeroth', [0]),
    ]);
    const kept = model.value('Slice', [
      normed,
      first,
      this.#integers('end', [Number.MAX_SAFE_INTEGER]),
      this.#integers('positions', [1]),
    ]);
    const name = tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
    let logits: string;
    if (this.#type !== 'q4' && tiedEmbeddings) {
      // The embedding's own rows, so that they are in the file once.
      const table = this.#cast(name, this.#type === 'fp32' ? 'float32' : 'float16');
      const flat = model.value('Reshape', [kept, this.#integers('flat', [-1, hiddenSize])]);
      const product = model.value('Gemm', [flat, table], { attributes: { transB: 1 } });
      const rows = model.value('Slice', [
        model.value('Shape', [kept]),
        this.#integers('from_first', [0]),
        this.#integers('to_second', [2]),
      ]);
      const shape = model.value('Concat', [rows, this.#integers('vocabulary', [vocabSize])], {
        attributes: { axis: 0 },
      });
      logits = model.value('Reshape', [product, shape]);
    } else {
      logits = this.#linear(name.replace(/\.weight$/, ''), kept);
    }
    model.node('Cast', [logits], ['logits'], { attributes: { to: ELEMENT_IDS.float32 } });
    model.output('logits', 'float32', ['batch_size', 'kept', vocabSize]);
  }

  /** x·Wᵀ */
  #linear(path: string, x: string): string {
    const rows = this.#rows(`${path}.weight`);
    const [outputs = 0, inputs = 0] = rows.shape;
    if (this.#type === 'q4') {
      const { codes, scales } = storePacked(this.#model, `${path}.weight`, rows);
      return this.#model.value('MatMulNBits', [x, codes, scales], {
        domain: MICROSOFT,
        attributes: { K: inputs, N: outputs, bits: 4, block_size: 32 },
      });
    }
    const stored = this.#type === 'fp32' ? 'float32' : 'float16';
    const weight = storeTransposed(this.#model, `${path}.weight`, rows, stored);
    return this.#model.value('MatMul', [x, this.#cast(weight, stored)]);
  }

  /** RMSNorm over the last axis. */
  #norm(x: string, name: string, axis: number): string {
    const options: NodeOptions = {
      attributes: { epsilon: { float: this.#config.rmsNormEps }, axis, stash_type: 1 },
    };
    return this.#model.value('SimplifiedLayerNormalization', [x, this.#plain(name)], options);
  }

  /** Adds to the residual stream and norms the sum. */
  #addAndNorm(part: string, name: string): string {
    const [out = '', , , sum = ''] = this.#model.node(
      'SkipSimplifiedLayerNormalization',
      [this.#residual, part, this.#plain(name)],
      [`${name}.normed`, '', '', `${name}.sum`],
      { domain: MICROSOFT, attributes: { epsilon: { float: this.#config.rmsNormEps } } },
    );
    this.#residual = sum;
    return out;
  }

  /** A vector: norm weights with what the family adds to them, or a bias. */
  #plain(name: string): string {
    const { normOffset } = this.#config;
    const rows = this.#rows(name);
    const isShifted = normOffset !== 0 && name.endsWith('norm.weight');
    return storeRows(
      this.#model,
      name,
      isShifted ? mapped(rows, (value) => value + normOffset) : rows,
      this.#compute,
    );
  }

  #rotation({ theta, scaling }: NonNullable<LayerAttention['rotary']>): readonly [string, string] {
    const { headDim } = this.#config;
    const key = JSON.stringify([theta, scaling]);
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const positions = positionsOf(this.#config);
    const both = rotaryTable(positions, headDim, theta, scaling);
    const table = (name: string, offset: number) => {
      const numbers = Float32Array.from(
        { length: both.length / 2 },
        (_, i) => both[2 * i + offset] as number,
      );
      const shape = [positions, headDim / 2];
      const data = this.#compute === 'float32' ? numbers : toFloat16(numbers);
      return this.#model.constant(`${name}_${this.#tables.size}`, shape, data);
    };
    const made = [table('cos', 0), table('sin', 1)] as const;
    this.#tables.set(key, made);
    return made;
  }

  /** A value in the type of the computation. */
  #cast(value: string, from: FloatElement): string {
    if (from === this.#compute) return value;
    return this.#model.value('Cast', [value], { attributes: { to: ELEMENT_IDS[this.#compute] } });
  }

  #number(name: string, value: number): string {
    const data = Float32Array.of(value);
    return this.#model.constant(name, [], this.#compute === 'float32' ? data : toFloat16(data));
  }

  readonly #made = new Set<string>();
  #integers(name: string, values: readonly number[]): string {
    if (!this.#made.has(name))
      this.#model.constant(name, [values.length], BigInt64Array.from(values, BigInt));
    this.#made.add(name);
    return name;
  }

  #rows(name: string): StoredRows {
    return this.#tensors.get(name) as StoredRows;
  }
}
