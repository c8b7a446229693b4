/** The dispatches of a token step, in order: 5 per layer (6 with Qwen3's norms), and the start, head and draw. */
import { decodeAttentionProgram, sharedAttentionProgram } from '../kernels/decode/attention';
import { decodeLinearProgram, EPILOGUE, TILE_PAIRS } from '../kernels/decode/linear';
import { decodeRotaryProgram } from '../kernels/decode/rotary';
import { advanceProgram, embedRowsProgram } from '../kernels/decode/step';
import { type DispatchSpec, type Gpu, SHARED_LANES, type Slice } from '../kernels/gpu';
import { type DrawParams, drawStepProgram, drawStepUniforms } from '../kernels/sampling/sampling';
import { ROW_SIZE } from '../kernels/wgsl/common';
import type { ModelConfig } from './types';
import type { LayerWeights, ModelWeights } from './weights-gpu';

/** What a step reads and writes; layouts in `kernels/decode/step.ts`. */
export interface DecodeBuffers {
  readonly rows: Slice;
  readonly info: Slice;
  readonly state: Slice;
  readonly runs: Slice;
  readonly stops: Slice;
  /** Results per step and sequence. */
  readonly drawn: Slice;
  /** Residual stream, [rows, hidden]. */
  readonly x: Slice;
  readonly q: Slice;
  /** Before the norms of q and k, for models that have them. */
  readonly qkv: Slice | null;
  readonly attended: Slice;
  readonly h: Slice;
  readonly logits: Slice;
  /** Bound where a program can write to a cache and does not. */
  readonly none: Slice;
  /** Keys and values per layer. */
  readonly caches: readonly Slice[];
  readonly rotaryTable: Slice;
}

export interface DecodeShape {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly sequences: number;
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
  const { config, weights, sequences } = shape;
  const { hiddenSize: width, vocabSize } = config;
  const first: DecodePart[] = [];
  const next: DecodePart[] = [];
  // The chunk that starts with id 0 comes last, see `advanceProgram`.
  for (const { slice, firstRow, rows } of [...weights.embedding].reverse()) {
    const uniforms = [width, firstRow, rows, sequences];
    first.push({
      program: embedRowsProgram,
      slices: [b.rows, slice, b.x],
      uniforms,
      grid: (count) => [count, 1],
    });
    next.push({
      program: advanceProgram,
      slices: [b.state, b.info, b.rows, slice, b.x],
      uniforms,
      grid: () => [sequences, 1],
    });
  }
  const rest = weights.layers.flatMap((layer, l) => layerParts(gpu, config, layer, b.caches[l] as Slice, b));
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
    program: drawStepProgram,
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

function layerParts(
  gpu: Gpu,
  config: ModelConfig,
  layer: LayerWeights,
  cache: Slice,
  b: DecodeBuffers,
): DecodePart[] {
  const { heads, kvHeads, headDim, intermediateSize: f, hiddenSize: d, rmsNormEps: eps } = config;
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
    parts.push(...project(gpu, config, { norm, weight: linear.qkv, bias, out: b.q, cache }, b, shape));
  } else {
    const qkv = b.qkv as Slice;
    const shape = { ...NO_ROTATION, columns, pairs: Math.ceil(columns / 2), ldo: columns };
    parts.push(...project(gpu, config, { norm, weight: linear.qkv, bias, out: qkv }, b, shape), {
      program: decodeRotaryProgram,
      slices: [qkv, b.rows, b.rotaryTable, qkNorm.q, qkNorm.k, b.q, cache],
      uniforms: [heads, kvHeads, headDim, eps],
      grid: (rows) => {
        const [x, y] = gpu.grid(rows * (heads + 2 * kvHeads), ROW_SIZE);
        return [x, y];
      },
    });
  }
  const blocks = gpu.sharesLoads && gpu.device.adapterInfo.isFallbackAdapter;
  parts.push({
    program: blocks ? sharedAttentionProgram(headDim) : decodeAttentionProgram(headDim),
    slices: [b.q, cache, b.rows, b.info, b.runs, b.attended],
    uniforms: [heads, kvHeads, 1 / Math.sqrt(headDim)],
    grid: (rows) => [heads, blocks ? Math.ceil(rows / SHARED_LANES) : rows],
  });
  parts.push(...addTo(gpu, b.attended, linear.o, b, heads * headDim, d));
  const gate = {
    ...NO_ROTATION,
    columns: 2 * f,
    pairs: f,
    block: f,
    stride: 2 * f,
    apart: f,
    ldo: f,
    epilogue: EPILOGUE.gate,
  };
  parts.push(...project(gpu, config, { norm: postNorm, weight: linear.gateUp, out: b.h }, b, gate));
  parts.push(...addTo(gpu, b.h, linear.down, b, f, d));
  return parts;
}

/** One dispatch per tile; a step runs the one that fits its rows. */
function tiles(
  gpu: Gpu,
  variant: { norm: boolean; inner: number; pairs: number; drawn: boolean },
  slices: readonly Slice[],
  uniforms: readonly number[],
): DecodePart[] {
  const x = Math.ceil(variant.pairs / TILE_PAIRS);
  return [1, SHARED_LANES].map((tileRows) => ({
    program: decodeLinearProgram({
      norm: variant.norm,
      tileRows,
      vec4: variant.inner % 4 === 0,
      shared: tileRows > 1 && gpu.sharesLoads,
    }),
    slices,
    uniforms,
    grid: (rows, draws) => {
      const count = variant.drawn ? draws : rows;
      const fits = (count === 1) === (tileRows === 1);
      return fits ? [x, Math.ceil(count / tileRows)] : [0, 0];
    },
  }));
}

/** Normed residual times weights. */
function project(
  gpu: Gpu,
  config: ModelConfig,
  to: { norm: Slice; weight: Slice; bias?: Slice | null; out: Slice; cache?: Slice },
  b: DecodeBuffers,
  c: Columns,
): DecodePart[] {
  const { hiddenSize: inner, heads, kvHeads, headDim, rmsNormEps: eps } = config;
  const bias = to.bias ?? null;
  const { columns, pairs, block, stride, apart, ldo, o0, epilogue, drawn } = c;
  return tiles(
    gpu,
    { norm: true, inner, pairs, drawn },
    [b.x, to.norm, to.weight, bias ?? to.norm, b.rows, b.rotaryTable, to.out, to.cache ?? b.none],
    [
      ...[inner, pairs, columns, block, stride, apart, ldo],
      ...[o0, epilogue, drawn ? 1 : 0, bias === null ? 0 : 1, heads, kvHeads, headDim, eps],
    ],
  );
}

/** Adds a product to the residual. */
function addTo(
  gpu: Gpu,
  input: Slice,
  weight: Slice,
  b: DecodeBuffers,
  inner: number,
  columns: number,
): DecodePart[] {
  const pairs = Math.ceil(columns / 2);
  return tiles(
    gpu,
    { norm: false, inner, pairs, drawn: false },
    [input, weight, b.rows, b.x],
    [inner, pairs, columns, 1, 2, 1, columns],
  );
}
