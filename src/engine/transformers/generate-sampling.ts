/**
 * `TrainablePolicy.sample` by transformers.js's `generate()`, one sequence after the other: what asking one question
 * uses. Greedy it gives the sampler's tokens; otherwise too, but where two scores are closer than float32 tells apart.
 */
import type { ErrorName } from '../../errors';
import {
  BaseStreamer,
  LogitsProcessor,
  LogitsProcessorList,
  type PreTrainedModel,
  StoppingCriteria,
  StoppingCriteriaList,
  Tensor,
  type TextStreamer,
} from '@huggingface/transformers';
import { referenceDraw } from '../../kernels/sampling/reference';
import { streamOf } from '../../random/philox';
import {
  type SampledSequence,
  type SampledTurn,
  type SampleOptions,
  type SequenceRequest,
  type TrainablePolicy,
} from '../types';
import { PolicyError } from '../../errors/policy';
import { TOKEN_SOURCE, type TokenId } from '../../tokens/types';

/** The sampler's stream, so that one key draws one conversation whichever of the two computes it. */
const STREAM = streamOf('sample');

/** The caller has asked to stop. */
export class SamplingStopped extends PolicyError {
  override name: ErrorName<'SamplingStopped'> = 'SamplingStopped';
}

/** @param model built by `createTransformersModel`; must not be used by others meanwhile. */
export function generateSampling(model: PreTrainedModel): Pick<TrainablePolicy, 'sample'> {
  return {
    sample: async (requests, options) => {
      const sequences: SampledSequence[] = [];
      for (const [index, request] of requests.entries()) {
        sequences.push(await sampleOne(model, request, index, options));
      }
      return sequences;
    },
  };
}

async function sampleOne(
  model: PreTrainedModel,
  request: SequenceRequest,
  index: number,
  options: SampleOptions,
): Promise<SampledSequence> {
  const { maxSeqLength, maxTurnTokens, stopIds, signal } = options;
  const ids: TokenId[] = [...request.promptIds];
  const source: number[] = ids.map(() => TOKEN_SOURCE.prompt);
  const logprobs: number[] = ids.map(() => 0);
  /** What transformers.js carries from turn to turn, so that only new tokens are computed. */
  let past: object | null = null;
  for (;;) {
    const room = maxSeqLength - ids.length;
    if (room < 1) {
      throw PolicyError.of('policy/conversation-too-long', { tokens: ids.length, maxSeqLength });
    }
    const draw = new Draw(request.key, options.params);
    const turnIds: TokenId[] = [];
    const streamer = new IdStreamer((id) => {
      turnIds.push(id);
      options.onTokens?.(index, [id]);
    });
    const processors = new LogitsProcessorList();
    processors.push(draw);
    const criteria = new StoppingCriteriaList();
    criteria.push(new Aborted(signal));
    // `attention_mask` covers all of `input_ids`; the model itself leaves out what the past holds.
    const result = (await model.generate({
      input_ids: row(ids),
      attention_mask: row(ids.map(() => 1)),
      ...(past === null ? {} : { past_key_values: past }),
      max_new_tokens: Math.min(maxTurnTokens, room),
      eos_token_id: [...stopIds],
      // Nothing of a model's own generation settings may change what the evaluation would do.
      do_sample: false,
      num_beams: 1,
      repetition_penalty: 1,
      no_repeat_ngram_size: 0,
      return_dict_in_generate: true,
      // Typed too narrowly by the library, which calls nothing but `put` and `end`.
      streamer: streamer as BaseStreamer as TextStreamer,
      logits_processor: processors,
      stopping_criteria: criteria,
    } as Parameters<PreTrainedModel['generate']>[0])) as { past_key_values: object };
    past = result.past_key_values;
    if (signal?.aborted === true) throw SamplingStopped.of('sampling-stopped');
    ids.push(...turnIds);
    source.push(...turnIds.map(() => TOKEN_SOURCE.sampled));
    logprobs.push(...turnIds.map((id, t) => draw.logprob(t, id)));
    const next = await options.onTurn(
      index,
      { ids: turnIds, stopped: howStopped(turnIds, ids.length, options) },
      ids.length,
    );
    if (next === null) {
      return {
        ids,
        source: Uint8Array.from(source),
        logprobs: Float32Array.from(logprobs),
      };
    }
    ids.push(...next);
    source.push(...next.map(() => TOKEN_SOURCE.tool));
    logprobs.push(...next.map(() => 0));
  }
}

/** In the order in which the batched sampler decides. */
function howStopped(
  turn: readonly TokenId[],
  length: number,
  options: Pick<SampleOptions, 'stopIds' | 'maxSeqLength'>,
): SampledTurn['stopped'] {
  const last = turn.at(-1);
  if (last !== undefined && options.stopIds.includes(last)) return 'stop-token';
  return length >= options.maxSeqLength ? 'context-full' : 'max-tokens';
}

function row(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
}

/**
 * Draws inside `generate()`: above temperature 0 it leaves the drawn token alone on top of the logits, so that the
 * library's greedy choice takes it. (The library's own sampling has another random generator and no top-p.) Keeps
 * what the log-probs need.
 */
class Draw extends LogitsProcessor {
  readonly #key: SequenceRequest['key'];
  readonly #params: SampleOptions['params'];
  /** Per token: the log-prob of a drawn one, or the logits and their log-sum when the library chooses. */
  readonly #seen: ((id: TokenId) => number)[] = [];

  constructor(key: SequenceRequest['key'], params: SampleOptions['params']) {
    super();
    this.#key = key;
    this.#params = params;
  }

  override _call(ids: readonly (readonly bigint[])[], logits: Tensor): Tensor {
    const values = logits.data as Float32Array;
    if (this.#params.temperature === 0) {
      const total = logSumExp(values);
      this.#seen.push((id) => (values[id] as number) - total);
      return logits;
    }
    const position = ids[0]?.length ?? 0;
    const drawn = referenceDraw(values, { ...this.#key, position }, { ...this.#params, stream: STREAM });
    this.#seen.push(() => drawn.logprob);
    values.fill(-Infinity);
    values[drawn.id] = 0;
    return logits;
  }

  logprob(token: number, id: TokenId): number {
    return this.#seen[token]?.(id) ?? NaN;
  }
}

function logSumExp(values: Float32Array): number {
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(values.reduce((sum, z) => sum + Math.exp(z - top), 0));
}

/** Hands on every sampled id; the first call of `generate()` holds the prompt. */
class IdStreamer extends BaseStreamer {
  readonly #onId: (id: TokenId) => void;
  #prompt = true;

  constructor(onId: (id: TokenId) => void) {
    super();
    this.#onId = onId;
  }

  override put(value: bigint[][]): void {
    if (this.#prompt) this.#prompt = false;
    else for (const id of value[0] ?? []) this.#onId(Number(id));
  }

  override end(): void {
    // Nothing is held back.
  }
}

class Aborted extends StoppingCriteria {
  readonly #signal: AbortSignal | undefined;

  constructor(signal: AbortSignal | undefined) {
    super();
    this.#signal = signal;
  }

  override _call(ids: readonly unknown[]): boolean[] {
    return ids.map(() => this.#signal?.aborted === true);
  }
}
