import type { ModelConfig, SampledSequence } from '../../../../src/engine/types';
import type { HostTensors } from '../../../../src/formats/tensors';
import { compare } from '../../check';
import { PAST, STEPS } from '../../decode';
import { timed } from '../../measure';
import { meter } from '../../meter';
import { decoderModel } from '../../onnx/decoder';
import type { Session } from '../../session';
import type { Check, Contestant } from '../../types';
import { createSession, exactTokens, ort } from './runtime';

type Feeds = Record<string, ort.Tensor>;

export interface OrtDecode extends Contestant {
  /** Feeds what ours sampled and compares log-probs. */
  check(sequences: readonly SampledSequence[]): Promise<Check>;
}

/** A decoder with its keys and values on the GPU; logits come back to JavaScript, where the next token is chosen. */
export async function ortDecoder(
  session: Session,
  config: ModelConfig,
  tensors: HostTensors,
): Promise<(prompts: readonly number[][]) => Promise<OrtDecode>> {
  const runtime = await createSession(
    session.opened.gpu.device,
    decoderModel(config, tensors, { padding: 'lengths' }),
    { preferredOutputLocation: outputLocations(config) },
  );
  const piece = exactTokens(session.opened.adapter);
  return (prompts) => meter.as('ort', () => decodeWith(runtime, config, prompts, piece));
}

export function outputLocations(config: ModelConfig): Record<string, 'cpu' | 'gpu-buffer'> {
  const kinds = ['key', 'value'] as const;
  const names = Array.from({ length: config.layers }, (_, layer) =>
    kinds.map((kind) => `present.${layer}.${kind}`),
  ).flat();
  return Object.fromEntries([['logits', 'cpu'], ...names.map((name) => [name, 'gpu-buffer'])]);
}

async function decodeWith(
  runtime: ort.InferenceSession,
  config: ModelConfig,
  prompts: readonly number[][],
  piece: number,
): Promise<OrtDecode> {
  const batch = prompts.length;
  const step = async (ids: readonly number[], past: Feeds, before: number) => {
    const fresh = ids.length / batch;
    const total = before + fresh;
    const results = await runtime.run({
      input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [batch, fresh]),
      seqlens: new ort.Tensor('int32', new Int32Array(batch).fill(total - 1), [batch]),
      total: new ort.Tensor('int32', Int32Array.of(total), [1]),
      ...past,
    });
    const { logits, ...present } = results;
    return { logits: (logits as ort.Tensor).data as Float32Array, present: asPast(present) };
  };
  const empty: Feeds = {};
  for (let layer = 0; layer < config.layers; layer++)
    for (const kind of ['key', 'value'] as const)
      empty[`past_key_values.${layer}.${kind}`] = new ort.Tensor('float32', new Float32Array(0), [
        ...[batch, config.kvHeads, 0, config.headDim],
      ]);
  // All but the last prompt token: that one is fed first in every run, as in ours.
  let filled = empty;
  for (let from = 0; from < PAST - 1;) {
    // With a past the runtime takes many new tokens for one sequence only.
    const to = Math.min(PAST - 1, from === 0 || batch === 1 ? from + piece : from + 1);
    const { present } = await step(
      prompts.flatMap((ids) => ids.slice(from, to)),
      filled,
      from,
    );
    release(filled);
    filled = present;
    from = to;
  }
  const prefilled = filled;
  const decode = async (next: (logits: Float32Array, at: number) => readonly number[]) => {
    let ids: readonly number[] = prompts.map((prompt) => prompt.at(-1) as number);
    let past = prefilled;
    for (let at = 0; at < STEPS; at++) {
      const { logits, present } = await step(ids, past, PAST - 1 + at);
      if (past !== prefilled) release(past);
      past = present;
      ids = next(logits, at);
    }
    release(past);
  };
  return {
    name: 'ort',
    run: async () => {
      const cost = await meter.as('ort', () => timed(() => decode((logits) => argmax(logits, batch))));
      return { wall: cost.wall / STEPS, cpu: cost.cpu / STEPS };
    },
    check: async (sequences) => {
      const expected: number[] = [];
      const got: number[] = [];
      await decode((logits, at) =>
        sequences.map(({ ids, logprobs }, s) => {
          const id = ids[PAST + at] as number;
          const row = logits.subarray(s * config.vocabSize, (s + 1) * config.vocabSize);
          expected.push(logprob(row, id));
          got.push(logprobs[PAST + at] as number);
          return id;
        }),
      );
      return compare(`log-probs of ${got.length} tokens`, got, expected, 1e-4);
    },
    dispose: () => release(prefilled),
  };
}

function asPast(present: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(present).map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
  );
}

function release(past: Feeds): void {
  for (const tensor of Object.values(past)) tensor.dispose();
}

function argmax(logits: Float32Array, rows: number): number[] {
  const width = logits.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    let best = row * width;
    for (let i = best; i < (row + 1) * width; i++)
      if ((logits[i] as number) > (logits[best] as number)) best = i;
    return best - row * width;
  });
}

export function logprob(logits: Float32Array, id: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((total, x) => total + Math.exp(x - most), 0);
  return (logits[id] as number) - most - Math.log(sum);
}
