/**
 * Our engine in the shape of an ONNX session, so that transformers.js's model classes, and with them `generate()`,
 * streamers and logits processors, run on a policy whose adapter can change while they do.
 *
 * Keys and values stay on the GPU. What transformers.js carries as `past_key_values.0.key` is an empty tensor whose
 * dimensions tell the length and whose identity names the cache. A cache that is not the latest one (another
 * `generate()` came between) is computed again from its ids: slower, never wrong.
 */
import { Tensor } from '@huggingface/transformers';
import type { Gpu, Slice } from '../../kernels/gpu';
import { rmsNorm } from '../../kernels/rms-norm/rms-norm';
import { projectRows } from '../pass/project-rows';
import { runTokens } from '../pass/run-rows';
import type { ActiveAdapter, Trunk } from '../pass/trunk';
import { type ModelConfig } from '../types';
import { PolicyError } from '../../errors/policy';
import type { ModelWeights } from '../weights/weights-gpu';

/** Name of the one cache tensor that travels. */
const PAST = 'past_key_values.0.key';
const PRESENT = 'present.0.key';
/** Most tokens of one forward pass. */
const MAX_ROWS = 512;
/** Most logits of one projection, in elements. */
const MAX_LOGITS = 8 * 1024 * 1024;

type OrtTensor = Tensor['ort_tensor'];

export interface SessionInput {
  readonly name: string;
  readonly isTensor: true;
  readonly type: 'int64' | 'float32';
  readonly shape: readonly (string | number)[];
}

/** One sequence of a batch: every position fed so far, padding included. */
interface Row {
  readonly ids: number[];
  /** False for padding, which is neither computed nor seen. */
  readonly real: boolean[];
}

interface Cache {
  readonly rows: readonly Row[];
  /** Real tokens of each row that lie on the GPU. */
  readonly computed: number[];
  readonly capacity: number;
  readonly version: number;
  readonly slices: readonly Slice[];
}

export interface SessionParts {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly trunk: Trunk;
  readonly weights: ModelWeights;
  /** The adapter to use now, or null. */
  readonly adapter: () => ActiveAdapter | null;
  /** Changes whenever the next logits would differ for the same ids; keys and values are then computed again. */
  readonly version: () => number;
}

export class GenerationSession {
  readonly inputNames = ['input_ids', 'attention_mask', 'num_logits_to_keep', PAST];
  readonly outputNames = ['logits', PRESENT];
  readonly inputMetadata: readonly SessionInput[] = [
    { name: 'input_ids', isTensor: true, type: 'int64', shape: ['batch_size', 'sequence_length'] },
    { name: 'attention_mask', isTensor: true, type: 'int64', shape: ['batch_size', 'total_sequence_length'] },
    { name: 'num_logits_to_keep', isTensor: true, type: 'int64', shape: [] },
    { name: PAST, isTensor: true, type: 'float32', shape: ['batch_size', 1, 'past_sequence_length', 0] },
  ];
  readonly outputMetadata: readonly SessionInput[] = [];
  /** Read by transformers.js for the types of cache tensors. */
  readonly config = { dtype: 'fp32', kv_cache_dtype: 'float32' };
  readonly #parts: SessionParts;
  readonly #rowsOf = new WeakMap<object, readonly Row[]>();
  #latest: { readonly rows: readonly Row[]; readonly cache: Cache } | null = null;
  /** Settles when all calls so far have ended: they take turns, since they share the cache. */
  #done: Promise<unknown> = Promise.resolve();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /**
   * @param feeds `input_ids` [B, t] int64; `attention_mask` [B, past + t]; `num_logits_to_keep`, 0 for all;
   *   the past. @returns `logits` [B, kept, vocabulary] float32 and the present.
   */
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Record<string, Tensor>> {
    return this.#inTurn(() => this.#run(feeds));
  }

  /** Frees the cache; the session stays usable. */
  release(): Promise<void> {
    return this.#inTurn(() => {
      this.#freeCache();
      return Promise.resolve();
    });
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#done.then(call);
    this.#done = result.catch(() => undefined);
    return result;
  }

  async #run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Record<string, Tensor>> {
    const ids = input(feeds, 'input_ids');
    const mask = input(feeds, 'attention_mask');
    const [batch = 0, fed = 0] = ids.dims;
    const past = this.#rowsOf.get(input(feeds, PAST)) ?? null;
    const rows = extend(past, numbers(ids), numbers(mask), batch, fed);
    const [wanted = 0] = numbers(input(feeds, 'num_logits_to_keep'));
    const keep = wanted === 0 ? fed : Math.min(wanted, fed);
    const cache = this.#cacheFor(past, rows);
    this.#latest = { rows, cache };
    const logits = await this.#compute(cache, rows, keep);
    const length = rows[0]?.ids.length ?? 0;
    const present = output(new Float32Array(0), [batch, 1, length, 0]);
    this.#rowsOf.set(present.ort_tensor, rows);
    return { logits: output(logits, [batch, keep, this.#parts.config.vocabSize]), [PRESENT]: present };
  }

  #freeCache(): void {
    if (this.#latest !== null) this.#parts.gpu.free(...this.#latest.cache.slices);
    this.#latest = null;
  }

  /** The latest cache where it continues `past` and has room; a new one otherwise. */
  #cacheFor(past: readonly Row[] | null, rows: readonly Row[]): Cache {
    const { gpu, config, trunk } = this.#parts;
    const longest = Math.max(...rows.map((row) => row.ids.length));
    if (longest > config.maxPositions) {
      throw PolicyError.of('policy/generation-too-long', { tokens: longest, most: config.maxPositions });
    }
    trunk.ensurePositions(longest);
    const latest = this.#latest;
    const version = this.#parts.version();
    const continues = latest !== null && latest.rows === past && latest.cache.version === version;
    if (continues && latest.cache.capacity >= longest) {
      return { ...latest.cache, rows };
    }
    this.#freeCache();
    const capacity = Math.min(config.maxPositions, 2 ** Math.ceil(Math.log2(longest + 64)));
    const slices = Array.from({ length: config.layers }, () =>
      gpu.alloc(trunk.cacheElements(capacity * rows.length), 'generation cache'),
    );
    return { rows, computed: rows.map(() => 0), capacity, version, slices };
  }

  /** Feeds what is not in the cache; answers logits of the last `keep` positions per row, zero for padding. */
  async #compute(cache: Cache, rows: readonly Row[], keep: number): Promise<Float32Array> {
    const { gpu, config, trunk, weights } = this.#parts;
    const { vocabSize, hiddenSize: width, rmsNormEps: eps } = config;
    const logits = new Float32Array(rows.length * keep * vocabSize);
    for (let b = 0; b < rows.length; b++) {
      const row = rows[b] as Row;
      const real = row.ids.filter((_, t) => row.real[t]);
      // Position in the output of every real token that is asked for.
      const outputs = new Map<number, number>();
      let count = 0;
      row.real.forEach((isReal, t) => {
        if (!isReal) return;
        const kept = t - (row.ids.length - keep);
        if (kept >= 0) outputs.set(count, (b * keep + kept) * vocabSize);
        count++;
      });
      const done = Math.min(cache.computed[b] as number, real.length);
      for (let from = done; from < real.length; from += MAX_ROWS) {
        const chunk = real.slice(from, from + MAX_ROWS);
        const base = b * cache.capacity;
        const hidden = this.#forward(trunk, chunk, from, base, cache.slices);
        const asked = chunk.flatMap((_, i) => (outputs.has(from + i) ? [i] : []));
        const most = Math.max(1, Math.floor(Math.min(MAX_LOGITS, gpu.maxBindingElements) / vocabSize));
        for (let first = 0; first < asked.length; first += most) {
          const part = asked.slice(first, first + most);
          const index = gpu.upload(Uint32Array.from(part), 'rows to project');
          const normed = gpu.alloc(part.length * width, 'normed');
          rmsNorm(gpu, hidden, weights.finalNorm, normed, { rows: part.length, width, eps }, index);
          const out = gpu.alloc(part.length * vocabSize, 'logits');
          projectRows(gpu, normed, weights.head, out, {
            first: 0,
            rows: part.length,
            width,
            vocabulary: vocabSize,
          });
          const data = await gpu.read(out, part.length * vocabSize);
          part.forEach((i, r) => {
            logits.set(data.subarray(r * vocabSize, (r + 1) * vocabSize), outputs.get(from + i));
          });
          gpu.free(index, normed, out);
        }
        gpu.free(hidden);
      }
      cache.computed[b] = real.length;
    }
    return logits;
  }

  #forward(
    trunk: Trunk,
    ids: readonly number[],
    position: number,
    base: number,
    caches: readonly Slice[],
  ): Slice {
    const { gpu, config } = this.#parts;
    const at = Array.from(ids, (_, i) => position + i);
    const { tokens, free } = runTokens(gpu, config, {
      ids: Int32Array.from(ids),
      positions: Int32Array.from(at),
      slots: Uint32Array.from(at, (p) => base + p),
      sight: {
        start: Uint32Array.from({ length: ids.length + 1 }, (_, i) => i),
        runs: Uint32Array.from(at.flatMap((p) => [base, base + p + 1])),
      },
    });
    const { hidden } = trunk.forward(tokens, caches, this.#parts.adapter(), false);
    free();
    return hidden;
  }
}

/**
 * transformers.js wraps every ONNX tensor that it finds among the enumerable properties of a result. Hiding the one
 * inside a Tensor keeps its identity, by which a cache is found again. (Returning bare ONNX tensors does not work in
 * Node, where it wraps only those of another copy of the library.)
 */
function output(data: Float32Array, dims: number[]): Tensor {
  const tensor = new Tensor('float32', data, dims);
  Object.defineProperty(tensor, 'ort_tensor', { value: tensor.ort_tensor, enumerable: false });
  return tensor;
}

function input(feeds: Readonly<Record<string, OrtTensor>>, name: string): OrtTensor {
  const tensor = feeds[name];
  if (tensor === undefined) throw PolicyError.of('policy/session-input', { name });
  return tensor;
}

/** int64 data as numbers; ids and masks are far below 2^53. */
function numbers(tensor: OrtTensor): number[] {
  return Array.from(tensor.data as BigInt64Array, Number);
}

function extend(
  past: readonly Row[] | null,
  ids: readonly number[],
  mask: readonly number[],
  batch: number,
  fed: number,
): Row[] {
  if (past !== null && past.length !== batch) {
    throw PolicyError.of('policy/session-past', { past: past.length, fed: batch });
  }
  const total = mask.length / batch;
  return Array.from({ length: batch }, (_, b) => {
    const before = past?.[b] ?? { ids: [], real: [] };
    const offset = total - before.ids.length - fed;
    if (offset !== 0) {
      throw PolicyError.of('policy/session-mask', { total, cached: before.ids.length, fed });
    }
    return {
      ids: [...before.ids, ...ids.slice(b * fed, (b + 1) * fed)],
      real: mask.slice(b * total, (b + 1) * total).map((m) => m !== 0),
    };
  });
}
