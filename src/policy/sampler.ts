/**
 * Batched sampling of multi-turn sequences. All live sequences advance together; a finished one leaves at once and
 * a waiting one takes its place; ids that the caller appends between turns (tool results) enter as a chunk while the
 * others go on. Prompts are merged into a forest and computed once. The forward pass is the trainer's.
 */
import { forestRuns } from '../kernels/attention/attention';
import type { Gpu, Slice } from '../kernels/gpu';
import { rmsNorm } from '../kernels/rms-norm/rms-norm';
import { drawTokens, SAMPLE_KEY_WORDS, SAMPLE_OUT_WORDS } from '../kernels/sampling/sampling';
import { streamOf } from '../random/philox';
import { buildForest } from './forest';
import { projectRows } from './project-rows';
import { appendRun, PAGE_SLOTS, type Runs, SlotPages } from './slots';
import type { ActiveAdapter, Trunk } from './trunk';
import {
  type ModelConfig,
  PolicyError,
  type SampledSequence,
  type SampledTurn,
  type SampleOptions,
  type SequenceRequest,
  TOKEN_SOURCE,
  type TokenId,
} from './types';
import type { ModelWeights } from './weights-gpu';

const STREAM = streamOf('sample');
/** Most tokens of one forward pass; longer prefills are cut, so no single dispatch hangs the GPU. */
const MAX_ROWS = 512;
/** Most logits of one projection, in elements. */
const MAX_LOGITS = 8 * 1024 * 1024;
const DEFAULT_BATCH = 64;

interface Live {
  readonly index: number;
  readonly request: SequenceRequest;
  readonly ids: TokenId[];
  readonly source: number[];
  readonly logprobs: number[];
  /** Runs of everything already in the cache. */
  readonly runs: Runs;
  readonly pages: number[];
  /** Slots used of the last page. */
  used: number;
  /** Tokens of `ids` whose keys and values are in the cache. */
  computed: number;
  turnStart: number;
}

/** Tokens fed in one pass. */
interface Batch {
  readonly ids: number[];
  readonly positions: number[];
  readonly slots: number[];
  readonly runStart: number[];
  readonly runs: number[];
}

const emptyBatch = (): Batch => ({ ids: [], positions: [], slots: [], runStart: [0], runs: [] });

export class Sampler {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #trunk: Trunk;
  readonly #weights: ModelWeights;

  constructor(gpu: Gpu, config: ModelConfig, trunk: Trunk, weights: ModelWeights) {
    this.#gpu = gpu;
    this.#config = config;
    this.#trunk = trunk;
    this.#weights = weights;
  }

  async sample(
    requests: readonly SequenceRequest[],
    options: SampleOptions,
    adapter: ActiveAdapter | null,
  ): Promise<SampledSequence[]> {
    checkOptions(requests, options, this.#config);
    if (requests.length === 0) return [];
    this.#trunk.ensurePositions(options.maxSeqLength);
    const { forest, nodeOf } = buildForest(requests.map((r) => ({ ids: r.promptIds })));
    const maxBatch = Math.min(options.maxBatch ?? DEFAULT_BATCH, requests.length);
    const shortest = Math.min(...requests.map((r) => r.promptIds.length));
    const pagesEach = Math.ceil((options.maxSeqLength - shortest + 1) / PAGE_SLOTS);
    const pages = new SlotPages(forest.n, maxBatch * pagesEach);
    const caches = Array.from({ length: this.#config.layers }, () =>
      this.#gpu.alloc(this.#trunk.cacheElements(pages.slots), 'key/value cache'),
    );
    try {
      this.#prefill(forest, caches, adapter);
      const waiting = requests.map((request, index) =>
        this.#admit(request, index, nodeOf[index] as Int32Array),
      );
      const results = new Array<SampledSequence>(requests.length);
      let live: Live[] = [];
      while (waiting.length > 0 || live.length > 0) {
        if (options.signal?.aborted === true) throw new PolicyError('Sampling was stopped.');
        while (live.length < maxBatch && waiting.length > 0) live.push(waiting.shift() as Live);
        live = await this.#advance(live, options, pages, caches, adapter, results);
      }
      return results;
    } finally {
      this.#gpu.free(...caches);
    }
  }

  /** Keys and values of all distinct prompt tokens, at the slots of their forest nodes. */
  #prefill(
    forest: ReturnType<typeof buildForest>['forest'],
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
  ): void {
    const table = forestRuns(forest.parent);
    for (let from = 0; from < forest.n; from += MAX_ROWS) {
      const to = Math.min(forest.n, from + MAX_ROWS);
      const firstRun = table.start[from] as number;
      const batch: Batch = {
        ids: Array.from(forest.ids.subarray(from, to)),
        positions: Array.from(forest.depth.subarray(from, to)),
        slots: Array.from({ length: to - from }, (_, i) => from + i),
        runStart: Array.from(table.start.subarray(from, to + 1), (r) => r - firstRun),
        runs: Array.from(table.runs.subarray(2 * firstRun, 2 * (table.start[to] as number))),
      };
      this.#gpu.free(this.#forward(batch, caches, adapter));
    }
  }

  /** The last prompt token is fed again as the first pending one: it yields the first logits. */
  #admit(request: SequenceRequest, index: number, path: Int32Array): Live {
    const runs: Runs = [];
    for (let t = 0; t + 1 < path.length; t++) appendRun(runs, path[t] as number, 1);
    return {
      index,
      request,
      ids: request.promptIds.slice(),
      source: request.promptIds.map(() => TOKEN_SOURCE.prompt),
      logprobs: request.promptIds.map(() => 0),
      runs,
      pages: [],
      used: PAGE_SLOTS,
      computed: request.promptIds.length - 1,
      turnStart: request.promptIds.length,
    };
  }

  /** Feeds pending tokens of every live sequence and draws a token for those that are complete. */
  async #advance(
    live: readonly Live[],
    options: SampleOptions,
    pages: SlotPages,
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
    results: SampledSequence[],
  ): Promise<Live[]> {
    const batch = emptyBatch();
    const ready: Live[] = [];
    const readyRows: number[] = [];
    live.forEach((sequence, i) => {
      // Every later sequence keeps room for at least one token.
      const room = MAX_ROWS - batch.ids.length - (live.length - 1 - i);
      const count = Math.min(sequence.ids.length - sequence.computed, Math.max(room, 0));
      for (let t = 0; t < count; t++) feed(batch, sequence, pages);
      if (sequence.computed === sequence.ids.length) {
        ready.push(sequence);
        readyRows.push(batch.ids.length - 1);
      }
    });
    const hidden = this.#forward(batch, caches, adapter);
    const drawn = await this.#draw(hidden, ready, readyRows, options);
    this.#gpu.free(hidden);
    const finished = new Set<Live>();
    ready.forEach((sequence, r) => {
      const id = drawn[SAMPLE_OUT_WORDS * r] as number;
      sequence.ids.push(id);
      sequence.source.push(TOKEN_SOURCE.sampled);
      sequence.logprobs.push(drawn[SAMPLE_OUT_WORDS * r + 1] as number);
      options.onTokens?.(sequence.index, [id]);
      if (endTurn(sequence, id, options, this.#config.vocabSize)) {
        finished.add(sequence);
        pages.give(sequence.pages);
        results[sequence.index] = {
          ids: sequence.ids,
          source: Uint8Array.from(sequence.source),
          logprobs: Float32Array.from(sequence.logprobs),
        };
      }
    });
    return live.filter((sequence) => !finished.has(sequence));
  }

  #forward(batch: Batch, caches: readonly Slice[], adapter: ActiveAdapter | null): Slice {
    const gpu = this.#gpu;
    const ids = gpu.upload(Int32Array.from(batch.ids), 'ids');
    const position = gpu.upload(Int32Array.from(batch.positions), 'positions');
    const slot = gpu.upload(Uint32Array.from(batch.slots), 'slots');
    const start = gpu.upload(Uint32Array.from(batch.runStart), 'run starts');
    const runs = gpu.upload(Uint32Array.from(batch.runs), 'runs');
    const tokens = {
      rows: batch.ids.length,
      ids,
      position,
      slot,
      visible: { kind: 'runs' as const, runs: { start, runs } },
    };
    const { hidden } = this.#trunk.forward(tokens, caches, adapter, false);
    gpu.free(ids, position, slot, start, runs);
    return hidden;
  }

  /** {@link SAMPLE_OUT_WORDS} numbers per ready sequence. */
  async #draw(
    hidden: Slice,
    ready: readonly Live[],
    rows: readonly number[],
    options: SampleOptions,
  ): Promise<Float32Array> {
    const gpu = this.#gpu;
    const count = ready.length;
    if (count === 0) return new Float32Array(0);
    const { hiddenSize: d, vocabSize, rmsNormEps: eps } = this.#config;
    const index = gpu.upload(Uint32Array.from(rows), 'rows to draw');
    const normed = gpu.alloc(count * d, 'normed');
    rmsNorm(gpu, hidden, this.#weights.finalNorm, normed, { rows: count, width: d, eps }, index);
    const out = gpu.alloc(count * SAMPLE_OUT_WORDS, 'drawn');
    const most = Math.max(64, Math.floor(MAX_LOGITS / vocabSize / 64) * 64);
    const result = new Float32Array(count * SAMPLE_OUT_WORDS);
    for (let from = 0; from < count; from += most) {
      const part = ready.slice(from, from + most);
      const keys = Uint32Array.from(
        part.flatMap(({ request: { key }, ids }) => [key.step, key.group, key.rollout, ids.length]),
      );
      if (keys.length !== part.length * SAMPLE_KEY_WORDS)
        throw new Error('Sample keys have the wrong length.');
      const keySlice = gpu.upload(keys, 'sample keys');
      const logits = gpu.alloc(part.length * vocabSize, 'logits');
      projectRows(gpu, normed, this.#weights.head, logits, {
        first: from,
        rows: part.length,
        width: d,
        vocabulary: vocabSize,
      });
      drawTokens(gpu, { logits, rows: keySlice, out }, part.length, vocabSize, {
        ...options.params,
        stream: STREAM,
      });
      result.set(await gpu.read(out, part.length * SAMPLE_OUT_WORDS), from * SAMPLE_OUT_WORDS);
      gpu.free(keySlice, logits);
    }
    gpu.free(index, normed, out);
    return result;
  }
}

/** Puts the next pending token of a sequence into the batch and into its cache page. */
function feed(batch: Batch, sequence: Live, pages: SlotPages): void {
  if (sequence.used === PAGE_SLOTS) {
    sequence.pages.push(pages.take());
    sequence.used = 0;
  }
  const slot = (sequence.pages[sequence.pages.length - 1] as number) + sequence.used++;
  appendRun(sequence.runs, slot, 1);
  batch.ids.push(sequence.ids[sequence.computed] as number);
  batch.positions.push(sequence.computed);
  batch.slots.push(slot);
  batch.runs.push(...sequence.runs);
  batch.runStart.push(batch.runs.length / 2);
  sequence.computed++;
}

/** Handles the token just drawn. True when the sequence is finished. */
function endTurn(sequence: Live, id: TokenId, options: SampleOptions, vocabulary: number): boolean {
  const length = sequence.ids.length;
  const turnTokens = length - sequence.turnStart;
  const stopped: SampledTurn['stopped'] | null = options.stopIds.includes(id)
    ? 'stop-token'
    : length >= options.maxSeqLength
      ? 'context-full'
      : turnTokens >= options.maxTurnTokens
        ? 'max-tokens'
        : null;
  if (stopped === null) return false;
  const next = options.onTurn(
    sequence.index,
    { ids: sequence.ids.slice(sequence.turnStart), stopped },
    length,
  );
  if (next === null) return true;
  if (next.length === 0)
    throw new PolicyError('A turn was continued without any token; answer null to finish.');
  const bad = next.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary);
  if (bad !== undefined) {
    throw new PolicyError(`A continuation holds token id ${bad}, outside the vocabulary of ${vocabulary}.`);
  }
  if (length + next.length >= options.maxSeqLength) {
    throw new PolicyError(
      `A continuation of ${next.length} tokens after ${length} leaves no room below maxSeqLength ${options.maxSeqLength}.`,
    );
  }
  for (const token of next) {
    sequence.ids.push(token);
    sequence.source.push(TOKEN_SOURCE.tool);
    sequence.logprobs.push(0);
  }
  sequence.turnStart = sequence.ids.length;
  return false;
}

function checkOptions(
  requests: readonly SequenceRequest[],
  options: SampleOptions,
  config: ModelConfig,
): void {
  const { params, maxTurnTokens, maxSeqLength } = options;
  const rule = (ok: boolean, what: string) => {
    if (!ok) throw new PolicyError(`Sampling cannot start: ${what}.`);
  };
  rule(
    params.temperature >= 0 && Number.isFinite(params.temperature),
    `temperature is ${params.temperature}, must be >= 0`,
  );
  rule(params.topP > 0 && params.topP <= 1, `topP is ${params.topP}, must be in (0, 1]`);
  rule(params.minP >= 0 && params.minP <= 1, `minP is ${params.minP}, must be in [0, 1]`);
  rule(
    Number.isInteger(params.topK) && params.topK >= 0,
    `topK is ${params.topK}, must be 0 or a positive integer`,
  );
  rule(
    Number.isInteger(maxTurnTokens) && maxTurnTokens > 0,
    `maxTurnTokens is ${maxTurnTokens}, must be positive`,
  );
  rule(
    Number.isInteger(maxSeqLength) && maxSeqLength > 1 && maxSeqLength <= config.maxPositions,
    `maxSeqLength is ${maxSeqLength}, must be in 2 … ${config.maxPositions} for this model`,
  );
  for (const { promptIds, key } of requests) {
    rule(promptIds.length > 0, 'a prompt has no tokens');
    rule(
      promptIds.length < maxSeqLength,
      `a prompt has ${promptIds.length} tokens and maxSeqLength is ${maxSeqLength}; raise maxSeqLength or shorten the prompt`,
    );
    const bad = promptIds.find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabSize);
    rule(bad === undefined, `token id ${bad} is outside the vocabulary of ${config.vocabSize}`);
    rule(
      key.group < 65536 && key.rollout < 65536,
      `group ${key.group} and rollout ${key.rollout} must be below 65536`,
    );
  }
}
