/**
 * Batched sampling of multi-turn sequences. All live sequences advance together; a finished one leaves at the next
 * read-back and a waiting one takes its place; ids that the caller appends between turns (tool results) enter as a
 * chunk while the others go on. Prompts are merged into a forest and computed once, by the trainer's forward pass.
 *
 * Keys and values lie in pages out of a budget, taken as tokens arrive. Where none is free, the sequence that was asked
 * for last gives its pages back and waits; later its tokens are computed again, to the same bits.
 *
 * Tokens are drawn on the GPU and fed back there for several steps (`decode-plan.ts`); a sequence whose turn ends in
 * between is idle until the host has read that. What is drawn depends on none of this.
 */
import { forestRuns } from '../../kernels/attention/attention';
import { cacheWords, F16_HEAD_MULTIPLE, narrowCache, widenCache } from '../../kernels/decode/cache-type';
import { INFO_WORDS, PAGE_SLOTS, ROW_WORDS } from '../../kernels/decode/step';
import type { Gpu, Slice } from '../../kernels/gpu';
import { SAMPLE_OUT_WORDS } from '../../kernels/sampling/sampling';
import { streamOf } from '../../random/philox';
import { DecodePlan, MAX_STEPS } from './decode-plan';
import { buildForest } from '../../tokens/forest';
import { samplingWeights } from '../weights/merged-weights';
import { checkOptions } from './sample-options';
import { type CacheLayout, Placement } from './placement';
import {
  appendAnswer,
  firstOwn,
  openSequence,
  type PromptRuns,
  type Sequence,
  turnEnd,
  turnLimit,
} from './sequence';
import { ownSlot, pagesFor } from './slots';
import { forestSight, forestTokens, mostPassRows } from '../pass/forest-pass';
import { runTokens } from '../pass/run-rows';
import type { ActiveAdapter, TokenRows, Trunk } from '../pass/trunk';
import { type ModelConfig, type SampledSequence, type SampleOptions, type SequenceRequest } from '../types';
import { PolicyError } from '../../errors/policy';
import type { CacheType } from '../../settings/choices';
import { type Forest, TOKEN_SOURCE, type TokenId } from '../../tokens/types';
import type { ModelWeights } from '../weights/weights-gpu';

const STREAM = streamOf('sample');
/** Most tokens of a step, and of a forward pass over prompts that are too many for one. */
const MAX_ROWS = 512;
/** Most tokens of prompts in one pass, as in training: so no single dispatch hangs the GPU. */
const MAX_PROMPT_ROWS = 2048;
/** The same for this model; of more tokens a pass takes {@link MAX_ROWS}, so they need less memory than these. */
export const mostPromptRows = (gpu: Gpu, config: ModelConfig): number =>
  Math.min(MAX_PROMPT_ROWS, mostPassRows(gpu, config));
const DEFAULT_BATCH = 64;
/** Bytes of keys and values at once, all layers together, where nothing else is asked for. */
export const DEFAULT_CACHE_BYTES = 2 * 1024 ** 3;
/** Weight of the newest turn in the running mean of turn lengths. */
const NEWEST_TURN = 0.05;

/** One sampling call under way. */
interface Call {
  readonly options: SampleOptions;
  readonly plan: DecodePlan;
  readonly placement: Placement;
  readonly results: SampledSequence[];
  /** Sequences whose turn the caller is still working on. They keep their pages, while nobody needs these more. */
  readonly parked: Set<Parked>;
}

/** A sequence that waits for the answer to its turn. */
interface Parked {
  readonly sequence: Sequence;
  /** Resolves, never rejects, when the answer is there. */
  readonly settled: Promise<void>;
  answer: { readonly next: TurnAnswer } | { readonly error: unknown } | null;
}

type TurnAnswer = readonly TokenId[] | null;

/** Room for keys and values. */
export interface SamplerCache {
  /** Default {@link DEFAULT_CACHE_BYTES}. */
  readonly cacheBytes?: number;
  /** Default f32. */
  readonly cacheType?: CacheType;
}

export class Sampler {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #trunk: Trunk;
  readonly #weights: ModelWeights;
  readonly #cacheBytes: number;
  readonly #cacheType: CacheType;
  /** Running mean of turn lengths, in tokens; decides how many steps run unread. */
  #turnLength = 16;

  /**
   * @param cache most bytes of keys and values at once, and how they are kept
   * @throws PolicyError for heads that cannot be kept so
   */
  constructor(
    gpu: Gpu,
    config: ModelConfig,
    trunk: Trunk,
    weights: ModelWeights,
    { cacheBytes = DEFAULT_CACHE_BYTES, cacheType = 'f32' }: SamplerCache = {},
  ) {
    if (cacheType === 'f16' && config.headDim % F16_HEAD_MULTIPLE !== 0)
      throw PolicyError.of('policy/cache-type', { headDim: config.headDim, multiple: F16_HEAD_MULTIPLE });
    this.#cacheBytes = cacheBytes;
    this.#cacheType = cacheType;
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
    const gpu = this.#gpu;
    this.#trunk.ensurePositions(options.maxSeqLength);
    const { forest, nodeOf } = buildForest(requests.map((r) => ({ ids: r.promptIds })));
    const shortest = Math.min(...requests.map((r) => r.promptIds.length));
    // The last prompt token is fed again, as the first of its sequence's own; the last token of all is never fed.
    const each = options.maxSeqLength - shortest;
    const wanted = Math.min(options.maxBatch ?? DEFAULT_BATCH, requests.length);
    const layout = this.#layout(wanted, forest.n, each);
    const prompts: PromptRuns = { runs: [], ranges: new Map() };
    const sequences = requests.map((request, index) =>
      openSequence(request, index, nodeOf[index] as Int32Array, prompts),
    );
    const { weights, aside, owned } = samplingWeights(gpu, this.#config, this.#weights, adapter);
    const slots = layout.first + layout.pages * PAGE_SLOTS;
    const caches = Array.from({ length: this.#config.layers }, () =>
      gpu.alloc(slots * this.#slotWords, 'key/value cache'),
    );
    const plan = new DecodePlan(gpu, {
      config: this.#config,
      weights,
      adapter: aside,
      caches,
      cacheType: this.#cacheType,
      rotaryTables: this.#trunk.rotaryTables,
      positions: options.maxSeqLength,
      rows: Math.min(MAX_ROWS, layout.places * each),
      sequences: layout.places,
      pages: layout.most,
      runs: Uint32Array.from(prompts.runs),
      stopIds: options.stopIds,
      draw: { ...options.params, stream: STREAM },
    });
    try {
      await plan.prepare();
      this.#prefill(forest, caches, adapter);
      const results = new Array<SampledSequence>(requests.length);
      const placement = new Placement(layout, sequences, options);
      const call: Call = { options, plan, placement, results, parked: new Set() };
      let live: Sequence[] = [];
      while (placement.waits || live.length > 0 || call.parked.size > 0) {
        checkSignal(options);
        live = placement.admit(await this.#rejoin(live, call), call.parked.size);
        if (live.length > 0) live = await this.#advance(live, call);
      }
      return results;
    } finally {
      plan.dispose();
      gpu.free(...caches, ...owned);
    }
  }

  /** Words of a slot of one layer's cache. */
  get #slotWords(): number {
    return cacheWords(this.#cacheType, this.#trunk.cacheElements(1));
  }

  /** As many of `wanted` sequences as may run at once, and room for all their tokens or as much as the budget gives. */
  #layout(wanted: number, prompts: number, each: number): CacheLayout {
    const { maxBindingElements } = this.#gpu;
    const elements = this.#slotWords;
    const perSlot = 4 * elements * this.#config.layers;
    const slots = Math.floor(Math.min(maxBindingElements / elements, this.#cacheBytes / perSlot));
    const logits = Math.floor(maxBindingElements / this.#config.vocabSize);
    const most = pagesFor(each);
    const places = Math.min(wanted, MAX_ROWS, logits);
    const pages = Math.min(places * most, Math.floor((slots - prompts) / PAGE_SLOTS));
    if (places < 1 || pages < most) {
      throw PolicyError.of('policy/sampling-room', {
        needed: prompts + most * PAGE_SLOTS,
        room: slots,
        megabytes: Math.floor(this.#cacheBytes / 1e6),
        layerBytes: 4 * maxBindingElements,
      });
    }
    // A sequence has a page of its own at least.
    return { places: Math.min(places, pages), first: prompts, pages, most };
  }

  /** Keys and values of all distinct prompt tokens, at the slots of their forest nodes. */
  #prefill(forest: Forest, caches: readonly Slice[], adapter: ActiveAdapter | null): void {
    const gpu = this.#gpu;
    const config = this.#config;
    if (forest.n <= mostPromptRows(gpu, config)) {
      // Slots are rows here, so that neighbours share what they load of the cache.
      const { tokens, free } = forestTokens(gpu, forest, forestSight(config, forest));
      this.#fill(tokens, caches, adapter, { from: 0, to: forest.n });
      free();
      return;
    }
    const table = forestRuns(forest.parent);
    for (let from = 0; from < forest.n; from += MAX_ROWS) {
      const to = Math.min(forest.n, from + MAX_ROWS);
      const firstRun = table.start[from] as number;
      const { tokens, free } = runTokens(gpu, config, {
        ids: forest.ids.subarray(from, to),
        positions: forest.depth.subarray(from, to),
        slots: Uint32Array.from({ length: to - from }, (_, i) => from + i),
        sight: {
          start: Uint32Array.from(table.start.subarray(from, to + 1), (r) => r - firstRun),
          runs: table.runs.subarray(2 * firstRun, 2 * (table.start[to] as number)),
        },
      });
      this.#fill(tokens, caches, adapter, { from, to });
      free();
    }
  }

  /**
   * Keys and values of the rows, which have the slots from … to; they may see all slots below. A layer is computed in f32,
   * whatever its cache is kept as.
   */
  #fill(
    tokens: TokenRows,
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
    { from, to }: { readonly from: number; readonly to: number },
  ): void {
    if (this.#cacheType === 'f32') {
      this.#trunk.fillCaches(tokens, caches, adapter);
      return;
    }
    const gpu = this.#gpu;
    const numbers = this.#trunk.cacheElements(1);
    const { headDim } = this.#config;
    const wide = gpu.alloc(to * numbers, 'key/value cache of a layer');
    const cacheOf = (layer: number) => caches[layer] as Slice;
    this.#trunk.fillCaches(tokens, [wide], adapter, {
      before: (layer) => widenCache(gpu, cacheOf(layer), wide, { from: 0, to: from, numbers, headDim }),
      after: (layer) => narrowCache(gpu, wide, cacheOf(layer), { from, to, numbers, headDim }),
    });
    gpu.free(wide);
  }

  /** Feeds pending tokens of every live sequence and draws, for several steps where all are complete. */
  async #advance(before: readonly Sequence[], call: Call): Promise<Sequence[]> {
    const { options, plan, placement, parked } = call;
    const { first, most, places } = placement.layout;
    const complete = before.every((sequence) => sequence.computed + 1 === sequence.ids.length);
    const wanted = complete ? this.#stepsUnread(before, options) : 1;
    // Rather look at results more often than have a sequence wait.
    const steps = placement.hasRoom(before, wanted) ? wanted : 1;
    const waiters = [...parked].map(({ sequence }) => sequence);
    const live = placement.provide(before, waiters, steps);
    const ready: Sequence[] = [];
    const drawing: number[] = [];
    const others: number[] = [];
    const info = new Uint32Array(places * INFO_WORDS);
    live.forEach((sequence, i) => {
      const { place, pages, request } = sequence;
      const own = firstOwn(sequence);
      // Every later sequence keeps room for at least one token.
      const room = MAX_ROWS - (drawing.length + others.length) / ROW_WORDS - (live.length - 1 - i);
      const until = Math.min(sequence.ids.length, sequence.computed + Math.max(room, 0));
      for (let t = sequence.computed; t < until; t++) {
        const slot = ownSlot(first, pages, t - own);
        const last = t + 1 === sequence.ids.length;
        (last ? drawing : others).push(place, sequence.ids[t] as number, t, slot);
      }
      sequence.computed = until;
      if (until === sequence.ids.length) ready.push(sequence);
      const { step, group, rollout } = request.key;
      const stream = [step, group, rollout, turnLimit(sequence, options)];
      info.set([...stream, own, place * most, sequence.firstRun, sequence.endRun], place * INFO_WORDS);
    });
    const count = (drawing.length + others.length) / ROW_WORDS;
    const rows = Uint32Array.from([count, ready.length, 0, 0, ...drawing, ...others]);
    const drawn = await plan.run(rows, info, placement.table(live), steps);
    return this.#take(live, ready, drawn, steps, call);
  }

  /** Steps until the next read-back: some sequences end in between and idle, so no more than the root of a turn. */
  #stepsUnread(ready: readonly Sequence[], options: SampleOptions): number {
    const wanted = options.stepsPerRead ?? Math.round(Math.sqrt(this.#turnLength));
    const left = Math.max(...ready.map((sequence) => turnLimit(sequence, options) - sequence.ids.length));
    return Math.max(1, Math.min(wanted, left, MAX_STEPS));
  }

  /** Writes what was drawn into the records, in the order of the draws. Answers the sequences that go on. */
  #take(
    live: readonly Sequence[],
    ready: readonly Sequence[],
    drawn: Float32Array,
    steps: number,
    call: Call,
  ): Sequence[] {
    const { options, placement } = call;
    const left = new Set<Sequence>();
    let drawing = ready;
    for (let step = 0; step < steps; step++) {
      if (step > 0) checkSignal(options);
      drawing = drawing.filter((sequence) => {
        const at = SAMPLE_OUT_WORDS * (step * placement.layout.places + sequence.place);
        const id = drawn[at] as number;
        sequence.computed = sequence.ids.length;
        sequence.ids.push(id);
        sequence.source.push(TOKEN_SOURCE.sampled);
        sequence.logprobs.push(drawn[at + 1] as number);
        options.onTokens?.(sequence.index, [id]);
        const stopped = turnEnd(sequence, id, options);
        if (stopped === null) return true;
        const turnTokens = sequence.ids.length - sequence.turnStart;
        this.#turnLength += NEWEST_TURN * (turnTokens - this.#turnLength);
        const turn = { ids: sequence.ids.slice(sequence.turnStart), stopped };
        const answer = options.onTurn(sequence.index, turn, sequence.ids.length);
        if (isPromise(answer)) {
          left.add(sequence);
          call.parked.add(park(sequence, answer));
        } else if (!this.#goOn(sequence, answer, call)) left.add(sequence);
        return false;
      });
    }
    return live.filter((sequence) => !left.has(sequence));
  }

  /**
   * Brings back the sequences whose answers are there, in the order of the requests; waits for one where nothing else
   * can go on. When they come back changes nothing that is drawn, since no draw depends on the batch around it.
   */
  async #rejoin(live: readonly Sequence[], call: Call): Promise<Sequence[]> {
    const { parked, options, placement } = call;
    if (parked.size === 0) return [...live];
    // Answers that need no more than the queue of promises are seen now, as those of a tool that only says `async`.
    await Promise.resolve();
    if (live.length === 0 && !placement.canAdmit(0, parked.size)) {
      await Promise.race([...[...parked].map(({ settled }) => settled), aborted(options.signal)]);
      checkSignal(options);
    }
    const back = [...live];
    for (const waiter of parked) {
      if (waiter.answer === null) continue;
      parked.delete(waiter);
      if ('error' in waiter.answer) throw waiter.answer.error;
      const { sequence } = waiter;
      if (!this.#goOn(sequence, waiter.answer.next, call)) continue;
      if (sequence.place < 0) placement.wait(sequence);
      else back.push(sequence);
    }
    return back.sort((a, b) => a.index - b.index);
  }

  /** Appends the answer to a turn. False when the sequence is finished; its record is then written, its slots are free. */
  #goOn(sequence: Sequence, next: TurnAnswer, { options, placement, results }: Call): boolean {
    if (next !== null) {
      appendAnswer(sequence, next, options, this.#config.vocabSize);
      return true;
    }
    placement.release(sequence);
    results[sequence.index] = {
      ids: sequence.ids,
      source: Uint8Array.from(sequence.source),
      logprobs: Float32Array.from(sequence.logprobs),
    };
    return false;
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}

function park(sequence: Sequence, answer: Promise<TurnAnswer>): Parked {
  const settled = answer.then(
    (next) => void (parked.answer = { next }),
    (error: unknown) => void (parked.answer = { error }),
  );
  const parked: Parked = { sequence, settled, answer: null };
  return parked;
}

/** Resolves when the signal is given; never without one. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}

function checkSignal(options: SampleOptions): void {
  if (options.signal?.aborted === true) throw PolicyError.of('policy/sampling-stopped');
}
