/**
 * The dispatches of a token step, in order: 5 per layer (6 with norms of q and k, 8 with Gemma 3's norms), and the start,
 * head and draw. An adapter
 * that is not folded into the weights takes two more per unit.
 */
import { decodeAttentionProgram, sharedAttentionProgram } from '../../kernels/decode/attention';
import { cooperativeAttentionProgram, takesHead } from '../../kernels/decode/attention-cooperative';
import { decodeLinearProgram, TILE_PAIRS } from '../../kernels/decode/linear';
import {
  COOPERATIVE_ROWS,
  cooperativeLinearProgram,
  cooperativePairs,
  cooperativeTile,
} from '../../kernels/decode/linear-cooperative';
import { type DecodeLinearTask, EPILOGUE } from '../../kernels/decode/linear-interface';
import { lowRankStepProgram, lowRankStepUniforms } from '../../kernels/decode/low-rank';
import { normAddProgram } from '../../kernels/decode/norm-add';
import { cooperativeRotaryProgram, decodeRotaryProgram } from '../../kernels/decode/rotary';
import { decodeStyle, rowLanes } from '../../kernels/decode/style';
import { advanceProgram, embedRowsProgram } from '../../kernels/decode/step';
import { type DispatchSpec, type Gpu, SHARED_LANES, type Slice } from '../../kernels/gpu';
import { type DrawParams, drawStepProgram, drawStepUniforms } from '../../kernels/sampling/sampling';
import type { CacheType } from '../../settings/choices';
import type { LowRank } from '../../kernels/linear/linear';
import type { Program } from '../../kernels/program';
import { ELEMENTWISE_SIZE, ROW_SIZE } from '../../kernels/wgsl/common';
import { lowRank } from '../pass/linear';
import type { ActiveAdapter } from '../pass/trunk';
import type { ModelConfig } from '../types';
import { attentionScale, layerAttention } from '../model/features';
import { type LinearKey, linearUnits } from '../model/units';
import type { LayerWeights, ModelWeights } from '../weights/weights-gpu';

/** What a step reads and writes; layouts in `kernels/decode/step.ts`. */
export interface DecodeBuffers {
  readonly rows: Slice;
  readonly info: Slice;
  readonly state: Slice;
  readonly runs: Slice;
  readonly pages: Slice;
  readonly stops: Slice;
  /** Results per step and sequence. */
  readonly drawn: Slice;
  /** Residual stream, [rows, hidden]. */
  readonly x: Slice;
  readonly q: Slice;
  /** Before the norms of q and k, for models that have them. */
  readonly qkv: Slice | null;
  readonly attended: Slice;
  /** What attention or MLP gives, for models that norm it. */
  readonly branch: Slice | null;
  readonly h: Slice;
  readonly logits: Slice;
  /** Low-rank activations, and what a unit's product is added to, where an adapter is not folded in. */
  readonly lowRank: { readonly u: Slice; readonly added: Slice } | null;
  /** Bound where a program can write to a cache and does not. */
  readonly none: Slice;
  /** Keys and values per layer. */
  readonly caches: readonly Slice[];
  readonly cacheType: CacheType;
  readonly rotaryTables: readonly Slice[];
}

export interface DecodeShape {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  /** Where it is not folded into the weights. */
  readonly adapter: ActiveAdapter | null;
  readonly sequences: number;
  /** Positions of the longest sequence. */
  readonly positions: number;
  readonly stopCount: number;
  readonly draw: DrawParams;
}

/** One dispatch: what it runs, and its grid for at most so many rows and draws. */
export interface DecodePart extends DispatchSpec {
  readonly grid: (rows: number, draws: number) => readonly [number, number];
}

export interface DecodeParts {
  /** Embeds the rows that the host wrote. */
  readonly first: readonly DecodePart[];
  /** Makes the rows of a later step from what was drawn. */
  readonly next: readonly DecodePart[];
  /** The model and the draw. */
  readonly rest: readonly DecodePart[];
}

export function decodeParts(gpu: Gpu, shape: DecodeShape, b: DecodeBuffers): DecodeParts {
  const { config, weights, adapter, sequences } = shape;
  const { hiddenSize: width, vocabSize, embeddingScale } = config;
  const first: DecodePart[] = [];
  const next: DecodePart[] = [];
  const lanes = rowLanes(gpu);
  // The chunk that starts with id 0 comes last, see `advanceProgram`.
  for (const { slice, firstRow, rows } of [...weights.embedding].reverse()) {
    const uniforms = [width, firstRow, rows, sequences, embeddingScale];
    first.push({
      program: embedRowsProgram(slice.format ?? 'f32', lanes),
      slices: [b.rows, slice, b.x],
      uniforms,
      grid: (count) => [count, 1],
    });
    next.push({
      program: advanceProgram(slice.format ?? 'f32', lanes),
      slices: [b.state, b.info, b.pages, b.rows, slice, b.x],
      uniforms,
      grid: () => [sequences, 1],
    });
  }
  const rest = weights.layers.flatMap((layer, l) => {
    const { window } = layerAttention(config, l);
    return layerParts(gpu, config, layer, b, {
      cache: b.caches[l] as Slice,
      table: b.rotaryTables[l] as Slice,
      // A window that holds all positions cuts nothing off.
      window: window !== null && window < shape.positions ? window : null,
      low: (key) => stepLowRank(config, adapter, l, key),
    });
  });
  for (const chunk of weights.head) {
    const head = {
      ...NO_ROTATION,
      columns: chunk.rows,
      pairs: Math.ceil(chunk.rows / 2),
      stride: 2,
      ldo: vocabSize,
      o0: chunk.firstRow,
      drawn: true,
    };
    rest.push(
      ...project(gpu, config, { norm: weights.finalNorm, weight: chunk.slice, out: b.logits }, b, head),
    );
  }
  rest.push({
    program: drawStepProgram(decodeStyle(gpu) === 'cooperative'),
    slices: [b.logits, b.rows, b.info, b.stops, b.state, b.drawn],
    uniforms: drawStepUniforms(vocabSize, sequences, shape.draw, shape.stopCount),
    grid: (_, draws) => [draws, 1],
  });
  return { first, next, rest };
}

/** How columns form pairs, and where results go: uniforms of `decodeLinearProgram`. */
interface Columns {
  readonly columns: number;
  readonly pairs: number;
  readonly block: number;
  readonly stride: number;
  readonly apart: number;
  readonly ldo: number;
  readonly o0: number;
  readonly epilogue: number;
  readonly drawn: boolean;
}

/** Neighbouring columns, written side by side. */
const NO_ROTATION = { block: 1, stride: 2, apart: 1, o0: 0, epilogue: EPILOGUE.plain, drawn: false };

/** The adapter's part in a unit, where token steps must add it. */
function stepLowRank(
  config: ModelConfig,
  adapter: ActiveAdapter | null,
  layer: number,
  key: LinearKey,
): LowRank | null {
  const unit = adapter?.layout.layers[layer]?.[key] ?? null;
  if (adapter === null || unit === null) return null;
  return lowRank(linearUnits(config, layer)[key], { unit, parameters: adapter.parameters });
}

/** What one layer has of its own besides its weights. */
interface LayerStep {
  readonly cache: Slice;
  readonly table: Slice;
  readonly window: number | null;
  readonly low: (key: LinearKey) => LowRank | null;
}

function layerParts(
  gpu: Gpu,
  config: ModelConfig,
  layer: LayerWeights,
  b: DecodeBuffers,
  { cache, table, window, low }: LayerStep,
): DecodePart[] {
  const { heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps, activation } = config;
  const columns = (heads + 2 * kvHeads) * headDim;
  const { linear, inputNorm: norm, postNorm, qkvBias: bias, qkNorm } = layer;
  const parts: DecodePart[] = [];
  if (qkNorm === null) {
    const half = headDim / 2;
    const shape = {
      ...NO_ROTATION,
      columns,
      pairs: columns / 2,
      block: half,
      stride: headDim,
      apart: half,
      ldo: 0,
      epilogue: EPILOGUE.rotate,
    };
    const to = { norm, weight: linear.qkv, bias, out: b.q, cache, table, low: low('qkv') };
    parts.push(...project(gpu, config, to, b, shape));
  } else {
    const qkv = b.qkv as Slice;
    const cooperative = decodeStyle(gpu) === 'cooperative';
    const shape = { ...NO_ROTATION, columns, pairs: Math.ceil(columns / 2), ldo: columns };
    const to = { norm, weight: linear.qkv, bias, out: qkv, low: low('qkv') };
    parts.push(...project(gpu, config, to, b, shape), {
      program: cooperative ? cooperativeRotaryProgram(b.cacheType) : decodeRotaryProgram(b.cacheType),
      slices: [qkv, b.rows, table, qkNorm.q, qkNorm.k, b.q, cache],
      uniforms: [heads, kvHeads, headDim, eps],
      grid: (rows) => {
        const [x, y] = gpu.grid(rows * (heads + 2 * kvHeads), cooperative ? 1 : ROW_SIZE);
        return [x, y];
      },
    });
  }
  const { program, rows: block } = stepAttention(gpu, headDim, window !== null, b.cacheType);
  parts.push({
    program,
    slices: [b.q, cache, b.rows, b.info, b.runs, b.pages, b.attended],
    uniforms: [heads, kvHeads, attentionScale(config), ...(window === null ? [] : [window])],
    grid: (rows) => [heads, Math.ceil(rows / block)],
  });
  const branch = (key: 'attention' | 'mlp') => ({ norm: layer.branchNorms?.[key] ?? null, config });
  parts.push(...addTo(gpu, b.attended, linear.o, low('o'), b, heads * headDim, branch('attention')));
  const gate = {
    ...NO_ROTATION,
    columns: 2 * f,
    pairs: f,
    block: f,
    stride: 2 * f,
    apart: f,
    ldo: f,
    epilogue: activation === 'silu' ? EPILOGUE.gate : EPILOGUE.gateGelu,
  };
  const to = { norm: postNorm, weight: linear.gateUp, out: b.h, low: low('gateUp') };
  parts.push(...project(gpu, config, to, b, gate));
  parts.push(...addTo(gpu, b.h, linear.down, low('down'), b, f, branch('mlp')));
  return parts;
}

/** The attention program for a device, and how many rows its workgroups take. */
function stepAttention(
  gpu: Gpu,
  headDim: number,
  windowed: boolean,
  cache: CacheType,
): { readonly program: Program; readonly rows: number } {
  if (decodeStyle(gpu) === 'cooperative' && takesHead(headDim, cache))
    return { program: cooperativeAttentionProgram(headDim, windowed, cache), rows: 1 };
  const shared = gpu.isSoftware ? gpu.sharedLanes : 0;
  return shared > 0
    ? { program: sharedAttentionProgram(headDim, shared, windowed, cache), rows: SHARED_LANES }
    : { program: decodeAttentionProgram(headDim, windowed, cache), rows: 1 };
}

/** A program of a projection, and the rows and pairs of columns of its workgroups. */
interface LinearTile {
  readonly program: Program;
  readonly rows: number;
  readonly pairs: number;
}

/** Tiles of a projection on a device, from few rows to many. */
function linearTiles(gpu: Gpu, task: DecodeLinearTask, pairs: number): readonly LinearTile[] {
  if (decodeStyle(gpu) === 'cooperative') {
    return COOPERATIVE_ROWS.map((rows) => {
      const tile = cooperativeTile(rows, pairs);
      return { program: cooperativeLinearProgram(task, tile), rows, pairs: cooperativePairs(tile) };
    });
  }
  // Rows of tool results are many. Twice the rows share what a lane loads of the weights, where lanes share rows.
  const isTall = gpu.isSoftware && gpu.sharedLanes > 0;
  const sizes = isTall ? [1, SHARED_LANES, 2 * SHARED_LANES] : [1, SHARED_LANES];
  return sizes.map((rows) => ({
    program: decodeLinearProgram({ ...task, tileRows: rows, shared: rows > 1 ? gpu.sharedLanes : 0 }),
    rows,
    pairs: TILE_PAIRS,
  }));
}

/** One dispatch per tile; a step runs the one that fits its rows. */
function tiles(
  gpu: Gpu,
  variant: {
    norm: boolean;
    inner: number;
    pairs: number;
    drawn: boolean;
    weight: Slice;
    cache: CacheType;
  },
  slices: readonly Slice[],
  uniforms: readonly number[],
): DecodePart[] {
  const { norm, inner, pairs, weight, cache } = variant;
  const task = { norm, vec4: inner % 4 === 0, weights: weight.format ?? 'f32', cache } as const;
  const all = linearTiles(gpu, task, pairs);
  return all.map((tile) => ({
    program: tile.program,
    slices,
    uniforms,
    grid: (rows, draws) => {
      const count = variant.drawn ? draws : rows;
      // The smallest that holds all rows, else the largest.
      const best = all.find((one) => one.rows >= count) ?? all.at(-1);
      return tile === best ? [Math.ceil(pairs / tile.pairs), Math.ceil(count / tile.rows)] : [0, 0];
    },
  }));
}

/** Adds to `out`, or writes, what a low-rank part gives from the activations in `b.lowRank`. */
function lowRankStep(
  gpu: Gpu,
  low: LowRank,
  b: DecodeBuffers,
  to: { bias: Slice | null; out: Slice; outputs: number; adds: boolean },
): DecodePart {
  const { bias, out, outputs, adds } = to;
  return {
    program: lowRankStepProgram,
    slices: [b.rows, lowRankBuffers(b).u, low.b, bias ?? low.b, out],
    uniforms: lowRankStepUniforms(low, outputs, { biased: bias !== null, adds }),
    grid: (rows) => {
      const [x, y] = gpu.grid(rows * outputs, ELEMENTWISE_SIZE);
      return [x, y];
    },
  };
}

function lowRankBuffers(b: DecodeBuffers): NonNullable<DecodeBuffers['lowRank']> {
  if (b.lowRank === null) throw new Error('The plan has no buffers for an adapter beside the weights.');
  return b.lowRank;
}

interface Projection {
  readonly norm: Slice;
  readonly weight: Slice;
  readonly bias?: Slice | null;
  /** 0 for one bias for all rows, else elements from one row's to the next. */
  readonly biasStride?: number;
  readonly out: Slice;
  /** Where it rotates: keys and values, and cos and sin. */
  readonly cache?: Slice;
  readonly table?: Slice;
  readonly low?: LowRank | null;
}

/** Normed residual times weights. A low-rank part, bias included, is made first and taken as a bias per row. */
function project(gpu: Gpu, config: ModelConfig, to: Projection, b: DecodeBuffers, c: Columns): DecodePart[] {
  const { hiddenSize: inner, heads, kvHeads, headDim, rmsNormEps: eps } = config;
  const { norm, weight, bias = null, biasStride = 0, low = null } = to;
  const { columns, pairs, block, stride, apart, ldo, o0, epilogue, drawn } = c;
  if (low !== null) {
    const { u, added } = lowRankBuffers(b);
    const shape = {
      ...NO_ROTATION,
      columns: low.columns,
      pairs: Math.ceil(low.columns / 2),
      ldo: low.columns,
    };
    return [
      ...project(gpu, config, { norm, weight: low.a, out: u }, b, shape),
      lowRankStep(gpu, low, b, { bias, out: added, outputs: columns, adds: false }),
      ...project(gpu, config, { ...to, bias: added, biasStride: columns, low: null }, b, c),
    ];
  }
  return tiles(
    gpu,
    { norm: true, inner, pairs, drawn, weight, cache: b.cacheType },
    [b.x, norm, weight, bias ?? norm, b.rows, to.table ?? norm, to.out, to.cache ?? b.none],
    [
      ...[inner, pairs, columns, block, stride, apart, ldo],
      ...[o0, epilogue, drawn ? 1 : 0, bias === null ? 0 : 1, biasStride, heads, kvHeads, headDim, eps],
    ],
  );
}

/** Adds a product, and its low-rank part, to the residual; normed before that where there is a norm. */
function addTo(
  gpu: Gpu,
  input: Slice,
  weight: Slice,
  low: LowRank | null,
  b: DecodeBuffers,
  inner: number,
  { norm, config }: { norm: Slice | null; config: ModelConfig },
): DecodePart[] {
  const { hiddenSize: columns, rmsNormEps: eps } = config;
  const out = norm === null ? b.x : (b.branch as Slice);
  const product = (by: Slice, to: Slice, width: number, sums: boolean) => {
    const pairs = Math.ceil(width / 2);
    return tiles(
      gpu,
      { norm: false, inner, pairs, drawn: false, weight: by, cache: b.cacheType },
      [input, by, b.rows, to],
      [inner, pairs, width, 1, 2, 1, width, sums ? 1 : 0],
    );
  };
  const adds = norm === null;
  const main =
    low === null
      ? product(weight, out, columns, adds)
      : [
          ...product(low.a, lowRankBuffers(b).u, low.columns, false),
          lowRankStep(gpu, low, b, { bias: null, out, outputs: columns, adds }),
          ...product(weight, out, columns, true),
        ];
  if (norm === null) return main;
  return [
    ...main,
    {
      program: normAddProgram(rowLanes(gpu)),
      slices: [out, norm, b.rows, b.x],
      uniforms: [columns, eps],
      grid: (rows) => [rows, 1],
    },
  ];
}
