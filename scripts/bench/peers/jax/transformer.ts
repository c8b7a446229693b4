/** A Llama-shaped transformer in jax-js: a function of its parameters, which `jit` traces once. */
import { nn, numpy as np, type Array as JaxArray } from '@jax-js/jax';
import type { ModelConfig } from '../../../../src/engine/types';
import type { HostTensors } from '../../../../src/formats/tensors';

/** Projections lie as [inputs, outputs], those that read the same input side by side. */
export type Params = Record<string, JaxArray>;

const joined = (layer: number) => {
  const prefix = `model.layers.${layer}.`;
  return {
    qkv: ['q_proj', 'k_proj', 'v_proj'].map((name) => `${prefix}self_attn.${name}`),
    o: [`${prefix}self_attn.o_proj`],
    gateUp: ['gate_proj', 'up_proj'].map((name) => `${prefix}mlp.${name}`),
    down: [`${prefix}mlp.down_proj`],
  };
};

export function jaxParams(config: ModelConfig, tensors: HostTensors): Params {
  if (config.qkNorm) throw new Error('The transformer in jax-js has no norm on queries and keys.');
  const host = (name: string) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`The weights have no ${name}.`);
    return tensor;
  };
  const params: Params = {};
  const plain = (name: string) => {
    const { shape, data } = host(name);
    params[name] = np.array(data).reshape([...shape]);
  };
  const linear = (paths: readonly string[]) => {
    const parts = paths.map((path) => host(`${path}.weight`));
    const inputs = parts[0]?.shape[1] as number;
    const outputs = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
    const data = new Float32Array(inputs * outputs);
    let first = 0;
    for (const part of parts) {
      const rows = part.shape[0] as number;
      for (let row = 0; row < rows; row++)
        for (let i = 0; i < inputs; i++)
          data[i * outputs + first + row] = part.data[row * inputs + i] as number;
      first += rows;
    }
    params[paths.join('+')] = np.array(data).reshape([inputs, outputs]);
    if (paths.some((path) => !tensors.has(`${path}.bias`))) return;
    const bias = Float32Array.from(paths.flatMap((path) => [...host(`${path}.bias`).data]));
    params[biasOf(paths)] = np.array(bias);
  };
  plain('model.embed_tokens.weight');
  plain('model.norm.weight');
  for (let layer = 0; layer < config.layers; layer++) {
    plain(`model.layers.${layer}.input_layernorm.weight`);
    plain(`model.layers.${layer}.post_attention_layernorm.weight`);
    for (const paths of Object.values(joined(layer))) linear(paths);
  }
  if (!config.tiedEmbeddings) linear(['lm_head']);
  return params;
}

const biasOf = (paths: readonly string[]) => `${paths.join('+')}.bias`;

/**
 * Mean negative log-prob of `targets` [batch · length] after `ids` [batch, length].
 * Takes its arguments over, as every function in jax-js does.
 */
export function jaxLoss(
  config: ModelConfig,
  batch: number,
  length: number,
): (params: Params, ids: JaxArray, targets: JaxArray) => JaxArray {
  const {
    hiddenSize: d,
    heads,
    kvHeads,
    headDim,
    layers,
    intermediateSize: f,
    rmsNormEps,
    ropeTheta,
  } = config;
  const half = headDim / 2;
  const table = (of: (angle: number) => number) =>
    np
      .array(
        Float32Array.from({ length: length * half }, (_, at) =>
          of(Math.floor(at / half) * ropeTheta ** ((-2 * (at % half)) / headDim)),
        ),
      )
      .reshape([1, length, 1, half]);
  const cos = table(Math.cos);
  const sin = table(Math.sin);
  const rotate = (x: JaxArray) => {
    const low = x.ref.slice([], [], [], [0, half]);
    const high = x.slice([], [], [], [half, headDim]);
    const turned = [low.ref.mul(cos.ref).sub(high.ref.mul(sin.ref)), high.mul(cos.ref).add(low.mul(sin.ref))];
    return np.concatenate(turned, -1);
  };
  const byHead = (x: JaxArray) => x.transpose([0, 2, 1, 3]);
  const spread = (x: JaxArray) => (heads === kvHeads ? x : np.repeat(x, heads / kvHeads, 2));
  // What nn.dotProductAttention does; that one needs a newer Node than this project.
  const attention = (query: JaxArray, key: JaxArray, value: JaxArray) => {
    const transposed = spread(key).transpose([0, 2, 3, 1]);
    const scores = np.matmul(byHead(query), transposed).mul(1 / Math.sqrt(headDim));
    const seen = np.where(np.tri(length, length, 0, { dtype: np.bool }), scores, -Infinity);
    return byHead(np.matmul(nn.softmax(seen, -1), byHead(spread(value))));
  };
  const norm = (x: JaxArray, weight: JaxArray) => {
    const size = np.sqrt(np.square(x.ref).mean(-1, { keepdims: true }).add(rmsNormEps));
    return x.div(size).mul(weight);
  };

  return (params, ids, targets) => {
    const take = (name: string) => {
      const value = params[name];
      if (value === undefined) throw new Error(`No parameter ${name}.`);
      return value.ref;
    };
    const linear = (x: JaxArray, paths: readonly string[]) => {
      const y = np.matmul(x, take(paths.join('+')));
      return biasOf(paths) in params ? y.add(take(biasOf(paths))) : y;
    };
    let x = np.take(take('model.embed_tokens.weight'), ids.reshape([batch * length]), 0);
    for (let layer = 0; layer < layers; layer++) {
      const { qkv, o, gateUp, down } = joined(layer);
      const projected = linear(
        norm(x.ref, take(`model.layers.${layer}.input_layernorm.weight`)),
        qkv,
      ).reshape([...[batch, length, heads + 2 * kvHeads, headDim]]);
      const part = (first: number, count: number) => projected.ref.slice([], [], [first, first + count], []);
      const query = rotate(part(0, heads));
      const key = rotate(part(heads, kvHeads));
      const value = part(heads + kvHeads, kvHeads);
      projected.dispose();
      const mixed = attention(query, key, value);
      x = x.add(linear(mixed.reshape([batch * length, heads * headDim]), o));
      const both = linear(norm(x.ref, take(`model.layers.${layer}.post_attention_layernorm.weight`)), gateUp);
      const gate = both.ref.slice([], [0, f]);
      const up = both.slice([], [f, 2 * f]);
      x = x.add(linear(nn.silu(gate).mul(up), down));
    }
    const last = norm(x, take('model.norm.weight')).reshape([batch * length, d]);
    const logits = config.tiedEmbeddings
      ? np.matmul(last, take('model.embed_tokens.weight').transpose())
      : linear(last, ['lm_head']);
    const wanted = nn.oneHot(targets, config.vocabSize);
    const chosen = logits.ref.mul(wanted).sum(-1);
    const loss = nn.logsumexp(logits, -1).sub(chosen).mean();
    for (const param of Object.values(params)) param.dispose();
    return loss;
  };
}
