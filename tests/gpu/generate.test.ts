/** transformers.js's `generate()` on our engine: the same tokens as our sampler, also when calls interleave. */
import { type PreTrainedModel, Tensor, TextStreamer } from '@huggingface/transformers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Gpu } from '../../src/kernels/gpu';
import { memoryFiles } from '../../src/engine/files/memory';
import type { GpuPolicy } from '../../src/engine/gpu-policy';
import { createTokenizer, type TextTokenizer } from '../../src/chat/tokenizer';
import { createTransformersModel } from '../../src/engine/transformers/transformers-model';
import type { ModelConfig } from '../../src/engine/types';
import { openGpu, PLAIN, SAMPLE, TINY, tinyPolicy } from '../fixtures/tiny-policy';
import { tinyTokenizerFiles } from '../fixtures/tiny-tokenizer';

/** As many tokens as the tiny tokenizer has. */
const CONFIG: ModelConfig = { ...TINY, vocabSize: 280 };
/** No stop token among them, so that every call gives as many tokens as it is asked for. */
const JSON_CONFIG = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: CONFIG.vocabSize,
  hidden_size: CONFIG.hiddenSize,
  intermediate_size: CONFIG.intermediateSize,
  num_hidden_layers: CONFIG.layers,
  num_attention_heads: CONFIG.heads,
  num_key_value_heads: CONFIG.kvHeads,
  head_dim: CONFIG.headDim,
  max_position_embeddings: CONFIG.maxPositions,
};
const PAD = 0;
const A = [40, 41, 42, 43, 44];
const B = [100, 7, 9];

let gpu: Gpu;
let policy: GpuPolicy;
let model: PreTrainedModel;
let tokenizer: TextTokenizer;
beforeAll(async () => {
  gpu = await openGpu();
  policy = await tinyPolicy(gpu, CONFIG);
  model = createTransformersModel(policy, JSON_CONFIG);
  tokenizer = await createTokenizer(memoryFiles(tinyTokenizerFiles('hermes'), 'tiny'));
});
afterAll(async () => {
  await model.dispose();
  policy.dispose();
  expect(gpu.pool.live).toBe(0);
  gpu.device.destroy();
});

/** New tokens of each prompt; shorter prompts are padded on the left. */
async function generate(
  prompts: readonly (readonly number[])[],
  count: number,
  extra: Record<string, unknown> = {},
): Promise<number[][]> {
  const length = Math.max(...prompts.map((prompt) => prompt.length));
  const pads = prompts.map((prompt) => new Array<number>(length - prompt.length).fill(PAD));
  const int64 = (rows: number[][]) =>
    new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [prompts.length, length]);
  const output = (await model.generate({
    input_ids: int64(prompts.map((prompt, i) => [...(pads[i] as number[]), ...prompt])),
    attention_mask: int64(
      prompts.map((prompt, i) => [...(pads[i] as number[]).map(() => 0), ...prompt.map(() => 1)]),
    ),
    max_new_tokens: count,
    do_sample: false,
    pad_token_id: PAD,
    ...extra,
  } as Parameters<PreTrainedModel['generate']>[0])) as Tensor;
  const ids = (output.tolist() as bigint[][]).map((row) => row.map(Number));
  expect(output.dims).toEqual([prompts.length, length + count]);
  return ids.map((row) => row.slice(length));
}

/** The same by our own sampler. */
async function sampled(prompt: readonly number[], count: number): Promise<number[]> {
  const [sequence] = await policy.sample([{ key: { step: 0, group: 0, rollout: 0 }, promptIds: prompt }], {
    ...SAMPLE,
    stopIds: [],
    maxTurnTokens: count,
    maxSeqLength: prompt.length + count,
    params: { ...PLAIN, temperature: 0 },
  });
  return (sequence as { ids: readonly number[] }).ids.slice(prompt.length);
}

test('greedy generate() gives the tokens of greedy sampling, with the adapter and without', async () => {
  const on = await generate([A], 12);
  expect(on).toEqual([await sampled(A, 12)]);
  policy.adapterEnabled = false;
  const off = await generate([A], 12);
  expect(off).toEqual([await sampled(A, 12)]);
  policy.adapterEnabled = true;
  expect(off).not.toEqual(on);
  expect(await generate([A], 12)).toEqual(on);
});

test('a call that outgrows its cache is computed again and goes on right', async () => {
  // The first cache has room for 128 positions.
  expect(await generate([A], 150)).toEqual([await sampled(A, 150)]);
});

test('prompts of different lengths in one call, padded on the left', async () => {
  const [a, b] = [await sampled(A, 10), await sampled(B, 10)];
  expect(await generate([A, B], 10)).toEqual([a, b]);
  expect(await generate([B, A], 10)).toEqual([b, a]);
});

test('two calls at once, token by token, do not disturb each other', async () => {
  const [a, b] = [await sampled(A, 8), await sampled(B, 8)];
  expect(await Promise.all([generate([A], 8), generate([B], 8)])).toEqual([[a], [b]]);
});

test('TextStreamer gets the text that the tokens spell', async () => {
  let text = '';
  const streamer = new TextStreamer(tokenizer.pretrained, {
    skip_prompt: true,
    callback_function: (piece: string) => {
      text += piece;
    },
  });
  const [ids] = await generate([A], 12, { streamer });
  expect(text).toBe(tokenizer.pretrained.decode(ids as number[], { skip_special_tokens: false }));
  expect(text.length).toBeGreaterThan(0);
});

test('logits of all positions equal the log-probs that training sees', async () => {
  const int64 = (list: readonly number[]) =>
    new Tensor('int64', BigInt64Array.from(list, BigInt), [1, list.length]);
  const { logits } = (await model({ input_ids: int64(A), attention_mask: int64(A.map(() => 1)) })) as {
    logits: Tensor;
  };
  expect(logits.dims).toEqual([1, A.length, CONFIG.vocabSize]);
  const forest = {
    n: A.length,
    ids: Int32Array.from(A),
    depth: Int32Array.from(A, (_, t) => t),
    parent: Int32Array.from(A, (_, t) => t - 1),
    end: Int32Array.from(A, () => A.length),
  };
  const count = A.length - 1;
  const zeros = new Float32Array(count);
  const rows = {
    count,
    predictor: Int32Array.from({ length: count }, (_, t) => t),
    target: Int32Array.from(A.slice(1)),
    old: zeros,
    pos: zeros,
    neg: zeros,
    weight: zeros,
  };
  const scores = await policy.score(forest, rows, { adapter: true, temperature: 1 });
  const data = logits.data as Float32Array;
  scores.forEach((logp, t) => {
    const row = data.subarray(t * CONFIG.vocabSize, (t + 1) * CONFIG.vocabSize);
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
    expect((row[A[t + 1] as number] as number) - Math.log(total)).toBeCloseTo(logp, 4);
  });
});

test('a call beyond the model is refused with what to do', async () => {
  // transformers.js shows the failed inputs on the console before it passes the error on.
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(generate([new Array<number>(250).fill(5)], 20)).rejects.toThrow(/Lower max_new_tokens/);
  said.mockRestore();
});
