/** A Llama-shaped decoder as an ONNX model with GroupQueryAttention, as exporters for ONNX Runtime write it. */
import type { ModelConfig } from '../../../src/engine/types';
import type { HostTensors } from '../../../src/formats/tensors';
import { MICROSOFT, OnnxModel } from '../../../src/formats/onnx/model';

export interface DecoderOptions {
  /**
   * `lengths`: all rows of a batch are equally long; `seqlens` and `total` say how long.
   * `left-padded`: `attention_mask` and `position_ids` as transformers.js gives them, shorter rows padded on the left.
   */
  readonly padding: 'lengths' | 'left-padded';
}

/**
 * Inputs `input_ids` [batch, new], those of the padding, and `past_key_values.<layer>.key|value` [batch, heads, past,
 * head size]; outputs `logits` [batch, 1, vocabulary] of the last position and `present.<layer>.key|value`.
 * @throws Error for models with norms on queries and keys, which have no packed form
 */
export function decoderModel(config: ModelConfig, tensors: HostTensors, options: DecoderOptions): Uint8Array {
  if (config.qkNorm) throw new Error('The ONNX decoder has no norm on queries and keys.');
  const model = new OnnxModel('decoder');
  const { heads, kvHeads, headDim, layers, vocabSize } = config;
  const weights = new Weights(model, tensors);
  model.input('input_ids', 'int64', ['batch', 'new']);
  const lengths = options.padding === 'lengths' ? givenLengths(model) : paddedLengths(model);
  const half = headDim / 2;
  const table = (f: (x: number) => number) =>
    Float32Array.from({ length: config.maxPositions * half }, (_, at) =>
      f(Math.floor(at / half) * config.ropeTheta ** ((-2 * (at % half)) / headDim)),
    );
  model.constant('cos', [config.maxPositions, half], table(Math.cos));
  model.constant('sin', [config.maxPositions, half], table(Math.sin));
  const norm = { attributes: { epsilon: { float: config.rmsNormEps }, axis: -1, stash_type: 1 } };

  let residual = model.value('Gather', [weights.plain('model.embed_tokens.weight'), 'input_ids']);
  let normed = model.value(
    'SimplifiedLayerNormalization',
    [residual, weights.plain('model.layers.0.input_layernorm.weight')],
    norm,
  );
  /** Adds to the residual stream and norms the sum. */
  const addAndNorm = (part: string, normName: string) => {
    const [out, , , sum] = model.node(
      'SkipSimplifiedLayerNormalization',
      [residual, part, weights.plain(normName)],
      [`${normName}.out`, '', '', `${normName}.sum`],
      { domain: MICROSOFT, attributes: { epsilon: { float: config.rmsNormEps } } },
    );
    residual = sum as string;
    normed = out as string;
  };
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    const past = ['key', 'value'].map((kind) =>
      model.input(`past_key_values.${layer}.${kind}`, 'float32', ['batch', kvHeads, 'past', headDim]),
    );
    const present = ['key', 'value'].map((kind) => `present.${layer}.${kind}`);
    const qkvNames = ['q_proj', 'k_proj', 'v_proj'].map((name) => `${prefix}self_attn.${name}`);
    let qkv = model.value('MatMul', [normed, weights.linear(qkvNames)]);
    if (config.qkvBias) qkv = model.value('Add', [qkv, weights.bias(qkvNames)]);
    const [mixed] = model.node(
      'GroupQueryAttention',
      [qkv, '', '', ...past, lengths.seqlens, lengths.total, 'cos', 'sin', ...lengths.more],
      [`attention_${layer}`, ...present],
      {
        domain: MICROSOFT,
        attributes: {
          num_heads: heads,
          kv_num_heads: kvHeads,
          do_rotary: 1,
          scale: { float: 1 / Math.sqrt(headDim) },
        },
      },
    );
    for (const name of present) model.output(name, 'float32', ['batch', kvHeads, 'total', headDim]);
    const projected = model.value('MatMul', [mixed as string, weights.linear([`${prefix}self_attn.o_proj`])]);
    addAndNorm(projected, `${prefix}post_attention_layernorm.weight`);
    const gate = model.value('MatMul', [normed, weights.linear([`${prefix}mlp.gate_proj`])]);
    const up = model.value('MatMul', [normed, weights.linear([`${prefix}mlp.up_proj`])]);
    const active = model.value('Mul', [gate, model.value('Sigmoid', [gate])]);
    const product = model.value('Mul', [active, up]);
    const down = model.value('MatMul', [product, weights.linear([`${prefix}mlp.down_proj`])]);
    addAndNorm(
      down,
      layer + 1 < layers ? `model.layers.${layer + 1}.input_layernorm.weight` : 'model.norm.weight',
    );
  }
  const integers = (name: string, values: readonly bigint[]) =>
    model.constant(name, [values.length], BigInt64Array.from(values));
  const last = model.value('Slice', [
    normed,
    integers('last', [-1n]),
    integers('beyond', [BigInt(Number.MAX_SAFE_INTEGER)]),
    integers('axis', [1n]),
  ]);
  const head = config.tiedEmbeddings ? 'model.embed_tokens' : 'lm_head';
  model.node('MatMul', [last, weights.linear([head])], ['logits']);
  model.output('logits', 'float32', ['batch', 1, vocabSize]);
  return model.finish();
}

interface Lengths {
  readonly seqlens: string;
  readonly total: string;
  /** Further inputs of the attention: positions and bias. */
  readonly more: readonly string[];
}

function givenLengths(model: OnnxModel): Lengths {
  model.input('seqlens', 'int32', ['batch']);
  model.input('total', 'int32', [1]);
  return { seqlens: 'seqlens', total: 'total', more: [] };
}

/** Every row is as long as the longest; what is padding gets a score of minus a lot. */
function paddedLengths(model: OnnxModel): Lengths {
  model.input('attention_mask', 'int64', ['batch', 'total']);
  model.input('position_ids', 'int64', ['batch', 'new']);
  const one = model.constant('one', [], Float32Array.of(1));
  const many = model.constant('many', [], Float32Array.of(-1e9));
  const mask = model.value('Cast', ['attention_mask'], { attributes: { to: 1 } });
  const hidden = model.value('Mul', [model.value('Sub', [one, mask]), many]);
  const axes = model.constant('axes', [2], BigInt64Array.of(1n, 2n));
  const row = model.value('Unsqueeze', [hidden, axes]);
  const shape = model.value('Shape', ['attention_mask']);
  const zero = model.constant('zero', [], BigInt64Array.of(0n));
  const first = model.constant('first', [], BigInt64Array.of(1n));
  const length = model.value('Gather', [shape, first], { attributes: { axis: 0 } });
  const newLength = model.value('Gather', [model.value('Shape', ['input_ids']), first], {
    attributes: { axis: 0 },
  });
  const ones = model.constant('ones', [1], BigInt64Array.of(1n));
  const leading = model.constant('leading', [1], BigInt64Array.of(0n));
  const shapeOf = (value: string) => model.value('Unsqueeze', [value, leading]);
  const batch = model.value('Gather', [shape, zero], { attributes: { axis: 0 } });
  // [batch, 1, new, total]: the attention adds its own causal mask.
  const wanted = model.value('Concat', [shapeOf(batch), ones, shapeOf(newLength), shapeOf(length)], {
    attributes: { axis: 0 },
  });
  const bias = model.value('Expand', [row, wanted]);
  const total = model.value('Cast', [length], { attributes: { to: 6 } });
  const seqlen = model.value('Cast', [model.value('Sub', [length, first])], { attributes: { to: 6 } });
  const seqlens = model.value('Expand', [seqlen, shapeOf(batch)]);
  return { seqlens, total, more: ['position_ids', bias] };
}

/** Weights as constants, each once. */
class Weights {
  readonly #model: OnnxModel;
  readonly #tensors: HostTensors;
  readonly #made = new Set<string>();

  constructor(model: OnnxModel, tensors: HostTensors) {
    this.#model = model;
    this.#tensors = tensors;
  }

  plain(name: string): string {
    const { shape, data } = this.#host(name);
    return this.#once(name, () => [shape, data]);
  }

  bias(paths: readonly string[]): string {
    const parts = paths.map((path) => this.#host(`${path}.bias`).data);
    return this.#once(`${paths.join('+')}.bias`, () => {
      const all = Float32Array.from(parts.flatMap((part) => [...part]));
      return [[all.length], all];
    });
  }

  /** [inputs, Σ outputs] of one or more linear layers with the same input. */
  linear(paths: readonly string[]): string {
    const parts = paths.map((path) => this.#host(`${path}.weight`));
    return this.#once(`${paths.join('+')}.transposed`, () => {
      const inputs = parts[0]?.shape[1] as number;
      const outputs = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
      const all = new Float32Array(inputs * outputs);
      let first = 0;
      for (const { shape, data } of parts) {
        const rows = shape[0] as number;
        for (let row = 0; row < rows; row++)
          for (let i = 0; i < inputs; i++) all[i * outputs + first + row] = data[row * inputs + i] as number;
        first += rows;
      }
      return [[inputs, outputs], all];
    });
  }

  #host(name: string): { shape: readonly number[]; data: Float32Array } {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`The weights have no ${name}.`);
    return tensor;
  }

  #once(name: string, make: () => readonly [readonly number[], Float32Array]): string {
    if (!this.#made.has(name)) {
      this.#made.add(name);
      const [shape, data] = make();
      this.#model.constant(name, shape, data);
    }
    return name;
  }
}
