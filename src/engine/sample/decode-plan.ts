/**
 * Token steps, prepared once per sampling call and replayed: pipelines, bind groups and uniforms are fixed, how many
 * rows there are is read from a buffer on the GPU, and only grids follow the host's upper bound. Several steps run
 * between two read-backs, since a drawn token becomes the next step's row without the host.
 */
import { INFO_WORDS, ROW_WORDS, STATE_WORDS } from '../../kernels/decode/step';
import type { Gpu, PreparedDispatches, Slice } from '../../kernels/gpu';
import { type DrawParams, SAMPLE_OUT_WORDS } from '../../kernels/sampling/sampling';
import { type DecodePart, type DecodeParts, decodeParts } from './decode-parts';
import type { ActiveAdapter } from '../pass/trunk';
import type { ModelConfig } from '../types';
import type { CacheType } from '../../settings/choices';
import type { ModelWeights } from '../weights/weights-gpu';

/** Most token steps between two read-backs. */
export const MAX_STEPS = 16;

export interface DecodePlanArgs {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  /** Where it is not folded into the weights. */
  readonly adapter: ActiveAdapter | null;
  /** Keys and values per layer. */
  readonly caches: readonly Slice[];
  readonly cacheType: CacheType;
  readonly rotaryTables: readonly Slice[];
  /** Positions of the longest sequence. */
  readonly positions: number;
  /** Most rows of a step. */
  readonly rows: number;
  /** Most sequences at once, at most `rows`. */
  readonly sequences: number;
  /** Most pages of a sequence. */
  readonly pages: number;
  /** Slots of all prompts: two words per run. */
  readonly runs: Uint32Array;
  readonly stopIds: readonly number[];
  readonly draw: DrawParams;
}

export class DecodePlan {
  readonly #gpu: Gpu;
  readonly #sequences: number;
  readonly #owned: Slice[] = [];
  readonly #rows: Slice;
  readonly #info: Slice;
  readonly #pages: Slice;
  readonly #state: Slice;
  readonly #drawn: Slice;
  readonly #parts: DecodeParts;
  #prepared: PreparedDispatches | null = null;

  constructor(gpu: Gpu, args: DecodePlanArgs) {
    this.#gpu = gpu;
    const { sequences, rows, config, weights, adapter, stopIds, draw } = args;
    this.#sequences = sequences;
    const { hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize } = config;
    const own = (slice: Slice) => {
      this.#owned.push(slice);
      return slice;
    };
    const alloc = (elements: number, label: string) => own(gpu.alloc(elements, label));
    this.#rows = alloc((rows + 1) * ROW_WORDS, 'rows');
    this.#info = alloc(sequences * INFO_WORDS, 'sequences');
    this.#pages = alloc(sequences * args.pages, 'pages');
    this.#state = alloc(sequences * STATE_WORDS, 'sequence state');
    this.#drawn = alloc(MAX_STEPS * sequences * SAMPLE_OUT_WORDS, 'drawn');
    this.#parts = decodeParts(
      gpu,
      { config, weights, adapter, sequences, positions: args.positions, stopCount: stopIds.length, draw },
      {
        rows: this.#rows,
        info: this.#info,
        pages: this.#pages,
        state: this.#state,
        drawn: this.#drawn,
        // Bindings may not be empty.
        runs: own(gpu.upload(args.runs.length > 0 ? args.runs : new Uint32Array(2), 'runs')),
        stops: own(gpu.upload(Uint32Array.from([...stopIds, 0]), 'stop ids')),
        x: alloc(rows * hiddenSize, 'residual'),
        q: alloc(rows * heads * headDim, 'q'),
        qkv: config.qkNorm ? alloc(rows * (heads + 2 * kvHeads) * headDim, 'qkv') : null,
        attended: alloc(rows * heads * headDim, 'attended'),
        branch: config.branchNorms ? alloc(rows * hiddenSize, 'branch') : null,
        h: alloc(rows * intermediateSize, 'swiglu'),
        logits: alloc(sequences * vocabSize, 'logits'),
        lowRank:
          adapter === null
            ? null
            : {
                u: alloc(rows * mostColumns(adapter), 'low-rank activations'),
                added: alloc(
                  rows * Math.max(2 * intermediateSize, (heads + 2 * kvHeads) * headDim),
                  'low-rank part',
                ),
              },
        none: alloc(1, 'unused'),
        caches: args.caches,
        cacheType: args.cacheType,
        rotaryTables: args.rotaryTables,
      },
    );
  }

  /** Compiles what is missing, in parallel, and fixes the dispatches. */
  async prepare(): Promise<void> {
    const { first, next, rest } = this.#parts;
    const parts = [...first, ...next, ...rest];
    await this.#gpu.compile(parts.map((part) => part.program));
    this.#prepared = this.#gpu.prepare(parts);
  }

  dispose(): void {
    if (this.#prepared !== null) this.#gpu.forget(this.#prepared);
    this.#prepared = null;
    this.#gpu.free(...this.#owned.splice(0));
  }

  /**
   * Runs `steps` token steps and reads what they drew.
   * @param rows rows of the first step, and `info` and `pages` of all sequences, as `kernels/decode/step.ts` describes
   *   them. The pages hold all tokens that the steps feed.
   * @returns {@link SAMPLE_OUT_WORDS} numbers per step and sequence; undefined where a sequence was idle.
   */
  async run(rows: Uint32Array, info: Uint32Array, pages: Uint32Array, steps: number): Promise<Float32Array> {
    const gpu = this.#gpu;
    const prepared = this.#prepared;
    if (prepared === null) throw new Error('DecodePlan.prepare must be awaited before run.');
    const [count = 0, draws = 0] = rows;
    const { first, next, rest } = this.#parts;
    gpu.write(this.#rows, rows);
    gpu.write(this.#info, info);
    gpu.write(this.#pages, pages);
    gpu.write(this.#state, new Uint32Array(this.#sequences * STATE_WORDS));
    const replay = (parts: readonly DecodePart[], at: number, most: number) => {
      parts.forEach((part, i) => {
        const [x, y] = part.grid(most, draws);
        gpu.replay(prepared, at + i, x, y);
      });
    };
    for (let step = 0; step < steps; step++) {
      // After the first step only those that drew go on.
      const most = step === 0 ? count : draws;
      if (step === 0) replay(first, 0, most);
      else replay(next, first.length, most);
      replay(rest, first.length + next.length, most);
    }
    return gpu.read(this.#drawn, steps * this.#sequences * SAMPLE_OUT_WORDS);
  }
}

/** Columns of the widest unit's low-rank activations. */
function mostColumns({ layout }: ActiveAdapter): number {
  return Math.max(
    ...layout.layers.flatMap((layer) => Object.values(layer).map((unit) => unit?.columns ?? 0)),
  );
}
