/** Batches of conversations by transformers.js's `generate()`, as one would write an agent's loop around it. */
import {
  LogitsProcessor,
  LogitsProcessorList,
  StoppingCriteria,
  StoppingCriteriaList,
  Tensor,
  type PreTrainedModel,
} from '@huggingface/transformers';
import { referenceDraw } from '../../../../src/kernels/sampling/reference';
import {
  type SampledTurn,
  type SampleOptions,
  type SequenceRequest,
  type TrainablePolicy,
} from '../../../../src/engine/types';
import { TOKEN_SOURCE, type TokenId } from '../../../../src/tokens/types';
import { streamOf } from '../../../../src/random/philox';

/** Whose random numbers choose: the library's own, or those of our sampler, so that both have the same conversations. */
export type Draws = 'library' | 'ours';

interface Row {
  readonly request: SequenceRequest;
  readonly index: number;
  readonly ids: TokenId[];
  readonly source: number[];
  readonly logprobs: number[];
}

/**
 * Every turn: all unfinished conversations, padded on the left to the longest, in one `generate()`, which computes
 * what was said before anew; then the tools. Log-probs are told with draws of ours only.
 */
export function generateBatches(model: PreTrainedModel, draws: () => Draws): Pick<TrainablePolicy, 'sample'> {
  return {
    sample: async (requests, options) => {
      const rows = requests.map((request, index): Row => {
        const ids = [...request.promptIds];
        return {
          request,
          index,
          ids,
          source: ids.map(() => TOKEN_SOURCE.prompt),
          logprobs: ids.map(() => 0),
        };
      });
      for (let active = rows; active.length > 0;) active = await turn(model, active, options, draws());
      return rows.map(({ ids, source, logprobs }) => ({
        ids,
        source: Uint8Array.from(source),
        logprobs: Float32Array.from(logprobs),
      }));
    },
  };
}

/** One turn of every row. Answers the rows that have another. */
async function turn(
  model: PreTrainedModel,
  rows: Row[],
  options: SampleOptions,
  draws: Draws,
): Promise<Row[]> {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const room = rows.map(({ ids }) => Math.min(options.maxTurnTokens, options.maxSeqLength - ids.length));
  const ended = new Ended(options.stopIds, width, room);
  const draw = new OurDraw(rows, width, options.params);
  const processors = new LogitsProcessorList();
  if (draws === 'ours') processors.push(draw);
  const criteria = new StoppingCriteriaList();
  criteria.push(ended);
  const { temperature, topK } = options.params;
  const sequences = (await model.generate({
    input_ids: padded(rows, width, (id) => id),
    attention_mask: padded(rows, width, () => 1),
    max_new_tokens: Math.max(...room),
    eos_token_id: [...options.stopIds],
    num_beams: 1,
    repetition_penalty: 1,
    no_repeat_ngram_size: 0,
    top_k: topK,
    ...(draws === 'ours' ? { do_sample: false } : { do_sample: true, temperature }),
    logits_processor: processors,
    stopping_criteria: criteria,
  } as Parameters<PreTrainedModel['generate']>[0])) as Tensor;
  const sampled = (sequences.tolist() as bigint[][]).map((ids) => ids.slice(width).map(Number));
  const live: Row[] = [];
  for (const [r, row] of rows.entries()) {
    const length = ended.lengths[r] as number;
    const ids = (sampled[r] as number[]).slice(0, length);
    append(row, ids, TOKEN_SOURCE.sampled, draws === 'ours' ? draw.logprobs[r] : undefined);
    const next = await options.onTurn(
      row.index,
      { ids, stopped: howStopped(ids, row.ids.length, options) },
      row.ids.length,
    );
    if (next === null) continue;
    append(row, next, TOKEN_SOURCE.tool);
    live.push(row);
  }
  return live;
}

function append(row: Row, ids: readonly TokenId[], source: number, logprobs?: readonly number[]): void {
  row.ids.push(...ids);
  row.source.push(...ids.map(() => source));
  row.logprobs.push(...ids.map((_, t) => logprobs?.[t] ?? 0));
}

/** [rows, width] int64, zeros on the left. */
function padded(rows: readonly Row[], width: number, of: (id: TokenId) => number): Tensor {
  const data = new BigInt64Array(rows.length * width);
  rows.forEach(({ ids }, r) => {
    ids.forEach((id, t) => (data[(r + 1) * width - ids.length + t] = BigInt(of(id))));
  });
  return new Tensor('int64', data, [rows.length, width]);
}

function howStopped(
  ids: readonly TokenId[],
  length: number,
  { stopIds, maxSeqLength }: SampleOptions,
): SampledTurn['stopped'] {
  const last = ids.at(-1);
  if (last !== undefined && stopIds.includes(last)) return 'stop-token';
  return length >= maxSeqLength ? 'context-full' : 'max-tokens';
}

/** The library's own rule wants all rows to say a stop token in the same step; this one remembers those that have. */
class Ended extends StoppingCriteria {
  /** Tokens sampled until the stop token or the end of the row's room; 0 while it goes on. */
  readonly lengths: number[];
  readonly #stopIds: ReadonlySet<number>;
  readonly #width: number;
  readonly #room: readonly number[];

  constructor(stopIds: readonly TokenId[], width: number, room: readonly number[]) {
    super();
    this.#stopIds = new Set(stopIds);
    this.#width = width;
    this.#room = room;
    this.lengths = room.map(() => 0);
  }

  override _call(ids: readonly (readonly (number | bigint)[])[]): boolean[] {
    return ids.map((row, r) => {
      const length = row.length - this.#width;
      const ends = this.#stopIds.has(Number(row.at(-1))) || length >= (this.#room[r] as number);
      if (this.lengths[r] === 0 && ends) this.lengths[r] = length;
      return this.lengths[r] !== 0;
    });
  }
}

const STREAM = streamOf('sample');

/** Leaves our sampler's choice alone on top, so that the library's greedy choice takes it. */
class OurDraw extends LogitsProcessor {
  /** Per row and sampled token. */
  readonly logprobs: number[][];
  readonly #rows: readonly Pick<Row, 'request'>[];
  readonly #lengths: readonly number[];
  readonly #width: number;
  readonly #params: SampleOptions['params'];

  constructor(rows: readonly Row[], width: number, params: SampleOptions['params']) {
    super();
    this.#rows = rows;
    this.#lengths = rows.map(({ ids }) => ids.length);
    this.#width = width;
    this.#params = params;
    this.logprobs = rows.map(() => []);
  }

  override _call(ids: readonly (readonly bigint[])[], logits: Tensor): Tensor {
    const all = logits.data as Float32Array;
    const vocabulary = logits.dims.at(-1) as number;
    this.#rows.forEach(({ request }, r) => {
      const values = all.subarray(r * vocabulary, (r + 1) * vocabulary);
      const position = (this.#lengths[r] as number) + (ids[r] as readonly bigint[]).length - this.#width;
      const drawn = referenceDraw(values, { ...request.key, position }, { ...this.#params, stream: STREAM });
      this.logprobs[r]?.push(drawn.logprob);
      values.fill(-Infinity);
      values[drawn.id] = 0;
    });
    return logits;
  }
}
