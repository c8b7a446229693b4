/** A Llama-shaped transformer on stock tfjs ops, with or without adapters: what one would write without an engine. */
import * as tf from '@tensorflow/tfjs';
import type { LoraConfig, ModelConfig } from '../../../../src/engine/types';
import type { HostTensors } from '../../../../src/formats/tensors';

export type TfjsTraining =
  | { readonly kind: 'full' }
  | { readonly kind: 'adapter'; readonly lora: LoraConfig; readonly adapter: HostTensors };

/** A projection as tfjs multiplies best: [inputs, outputs], parts that read the same input side by side. */
interface Linear {
  readonly weight: tf.Tensor2D;
  readonly bias: tf.Tensor1D | null;
  /** A [inputs, r] and B [r, outputs], for each adapted part, with its first output column. */
  readonly low: readonly { readonly a: tf.Tensor2D; readonly b: tf.Tensor2D }[];
  readonly widths: readonly number[];
}

interface Layer {
  readonly inputNorm: tf.Tensor1D;
  readonly postNorm: tf.Tensor1D;
  readonly qkv: Linear;
  readonly o: Linear;
  readonly gateUp: Linear;
  readonly down: Linear;
}

export class TfjsTransformer {
  readonly config: ModelConfig;
  readonly variables: tf.Variable[] = [];
  readonly #training: TfjsTraining;
  readonly #tensors: HostTensors;
  readonly #held: tf.Tensor[] = [];
  readonly #embedding: tf.Tensor2D;
  readonly #head: tf.Tensor2D;
  readonly #finalNorm: tf.Tensor1D;
  readonly #layers: readonly Layer[];
  #rotary: { cos: tf.Tensor; sin: tf.Tensor; mask: tf.Tensor; length: number } | null = null;

  constructor(config: ModelConfig, tensors: HostTensors, training: TfjsTraining) {
    this.config = config;
    this.#tensors = tensors;
    this.#training = training;
    this.#embedding = this.#weight('model.embed_tokens.weight') as tf.Tensor2D;
    this.#head = config.tiedEmbeddings ? this.#embedding : (this.#weight('lm_head.weight') as tf.Tensor2D);
    this.#finalNorm = this.#weight('model.norm.weight') as tf.Tensor1D;
    this.#layers = Array.from({ length: config.layers }, (_, i) => {
      const prefix = `model.layers.${i}.`;
      const norm = (name: string) => this.#weight(`${prefix}${name}.weight`) as tf.Tensor1D;
      return {
        inputNorm: norm('input_layernorm'),
        postNorm: norm('post_attention_layernorm'),
        qkv: this.#linear(['q_proj', 'k_proj', 'v_proj'].map((name) => `${prefix}self_attn.${name}`)),
        o: this.#linear([`${prefix}self_attn.o_proj`]),
        gateUp: this.#linear(['gate_proj', 'up_proj'].map((name) => `${prefix}mlp.${name}`)),
        down: this.#linear([`${prefix}mlp.down_proj`]),
      };
    });
  }

  /** Logits [batch · length, vocabulary] of token ids [batch, length]; rows see themselves and what is before them. */
  logits(ids: tf.Tensor2D, adapter = true): tf.Tensor2D {
    return this.project(this.hidden(ids, adapter));
  }

  /** Last residual stream, normed: [batch · length, width]. */
  hidden(ids: tf.Tensor2D, adapter = true): tf.Tensor2D {
    const [batch, length] = ids.shape;
    const { hiddenSize: d, rmsNormEps: eps, intermediateSize: f } = this.config;
    this.#prepare(length);
    let x = tf.gather(this.#embedding, ids.reshape([batch * length])) as tf.Tensor2D;
    for (const layer of this.#layers) {
      const normed = rmsNorm(x, layer.inputNorm, eps);
      const mixed = this.#attention(linear(normed, layer.qkv, this.#scale(adapter)), batch, length);
      x = x.add(linear(mixed, layer.o, this.#scale(adapter)));
      const both = linear(rmsNorm(x, layer.postNorm, eps), layer.gateUp, this.#scale(adapter));
      const gate = both.slice([0, 0], [-1, f]);
      const up = both.slice([0, f], [-1, f]);
      x = x.add(linear(gate.mul(gate.sigmoid()).mul(up) as tf.Tensor2D, layer.down, this.#scale(adapter)));
    }
    return rmsNorm(x, this.#finalNorm, eps).reshape([batch * length, d]);
  }

  project(hidden: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(hidden, this.#head, false, true);
  }

  dispose(): void {
    tf.dispose([...this.#held, ...this.variables]);
    if (this.#rotary !== null) tf.dispose([this.#rotary.cos, this.#rotary.sin, this.#rotary.mask]);
  }

  /** Factor of the low-rank part; null without it. */
  #scale(adapter: boolean): number | null {
    if (this.#training.kind !== 'adapter' || !adapter) return null;
    return this.#training.lora.alpha / this.#training.lora.r;
  }

  #attention(qkv: tf.Tensor2D, batch: number, length: number): tf.Tensor2D {
    const { heads, kvHeads, headDim } = this.config;
    const part = (first: number, count: number) =>
      qkv
        .slice([0, first * headDim], [-1, count * headDim])
        .reshape([batch, length, count, headDim])
        .transpose([0, 2, 1, 3]) as tf.Tensor4D;
    const spread = (x: tf.Tensor4D): tf.Tensor4D =>
      heads === kvHeads
        ? x
        : (x
            .reshape([batch, kvHeads, 1, length, headDim])
            .tile([1, 1, heads / kvHeads, 1, 1])
            .reshape([batch, heads, length, headDim]) as tf.Tensor4D);
    const q = this.#rotate(part(0, heads));
    const k = spread(this.#rotate(part(heads, kvHeads)));
    const v = spread(part(heads + kvHeads, kvHeads));
    const { mask } = this.#rotary as { mask: tf.Tensor };
    const scores = tf
      .matMul(q, k, false, true)
      .mul(1 / Math.sqrt(headDim))
      .add(mask);
    const mixed = tf.matMul(tf.softmax(scores), v);
    return mixed.transpose([0, 2, 1, 3]).reshape([batch * length, heads * headDim]);
  }

  #rotate(x: tf.Tensor4D): tf.Tensor4D {
    const { cos, sin } = this.#rotary as { cos: tf.Tensor; sin: tf.Tensor };
    const half = this.config.headDim / 2;
    const low = x.slice([0, 0, 0, 0], [-1, -1, -1, half]);
    const high = x.slice([0, 0, 0, half], [-1, -1, -1, half]);
    return x.mul(cos).add(tf.concat([high.neg(), low], 3).mul(sin)) as tf.Tensor4D;
  }

  /** Tables for sequences of one length, kept while the length stays. */
  #prepare(length: number): void {
    if (this.#rotary?.length === length) return;
    if (this.#rotary !== null) tf.dispose([this.#rotary.cos, this.#rotary.sin, this.#rotary.mask]);
    const { headDim, ropeTheta } = this.config;
    const angle = (t: number, i: number) => t * ropeTheta ** ((-2 * (i % (headDim / 2))) / headDim);
    const table = (f: (x: number) => number) =>
      tf.keep(
        tf.tensor(
          Float32Array.from({ length: length * headDim }, (_, at) =>
            f(angle(Math.floor(at / headDim), at % headDim)),
          ),
          [1, 1, length, headDim],
        ),
      );
    const mask = Float32Array.from({ length: length * length }, (_, at) =>
      at % length > Math.floor(at / length) ? -1e9 : 0,
    );
    this.#rotary = {
      length,
      cos: table(Math.cos),
      sin: table(Math.sin),
      mask: tf.keep(tf.tensor(mask, [1, 1, length, length])),
    };
  }

  #host(name: string): { shape: readonly number[]; data: Float32Array } {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`The weights have no ${name}.`);
    return tensor;
  }

  #weight(name: string): tf.Tensor {
    const { shape, data } = this.#host(name);
    return this.#hold(tf.tensor(data, [...shape]), this.#training.kind === 'full');
  }

  #hold(tensor: tf.Tensor, trained: boolean): tf.Tensor {
    if (!trained) {
      this.#held.push(tf.keep(tensor));
      return tensor;
    }
    const variable = tf.variable(tensor);
    tensor.dispose();
    this.variables.push(variable);
    return variable;
  }

  #linear(paths: readonly string[]): Linear {
    const parts = paths.map((path) => this.#host(`${path}.weight`));
    const inputs = parts[0]?.shape[1] as number;
    const widths = parts.map(({ shape }) => shape[0] as number);
    const stacked = tf.tidy(() =>
      tf.concat(parts.map(({ shape, data }) => tf.tensor2d(data, [shape[0] as number, inputs]))).transpose(),
    );
    const weight = this.#hold(stacked, this.#training.kind === 'full') as tf.Tensor2D;
    const biases = paths.map((path) => this.#tensors.get(`${path}.bias`));
    const bias = biases.every((b) => b !== undefined)
      ? (this.#hold(
          tf.tidy(() => tf.concat(biases.map((b) => tf.tensor1d(b?.data as Float32Array)))),
          this.#training.kind === 'full',
        ) as tf.Tensor1D)
      : null;
    const low = this.#training.kind === 'adapter' ? this.#adapters(paths, this.#training.adapter) : [];
    return { weight, bias, low, widths };
  }

  #adapters(paths: readonly string[], adapter: HostTensors): Linear['low'] {
    const matrix = (path: string, half: 'A' | 'B') => {
      const tensor = adapter.get(`base_model.model.${path}.lora_${half}.weight`);
      if (tensor === undefined)
        throw new Error(`The adapter has no ${path} ${half}; all targets are needed here.`);
      const [rows, columns] = tensor.shape as [number, number];
      return this.#hold(
        tf.tidy(() => tf.tensor2d(tensor.data, [rows, columns]).transpose()),
        true,
      ) as tf.Tensor2D;
    };
    return paths.map((path) => ({ a: matrix(path, 'A'), b: matrix(path, 'B') }));
  }
}

function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return x.mul(x.square().mean(1, true).add(eps).rsqrt()).mul(weight);
}

function linear(x: tf.Tensor2D, { weight, bias, low }: Linear, scale: number | null): tf.Tensor2D {
  let y: tf.Tensor2D = tf.matMul(x, weight);
  if (bias !== null) y = y.add(bias);
  if (scale === null || low.length === 0) return y;
  const parts = low.map(({ a, b }) => tf.matMul(tf.matMul(x, a), b));
  return y.add((parts.length === 1 ? (parts[0] as tf.Tensor2D) : tf.concat(parts, 1)).mul(scale));
}
