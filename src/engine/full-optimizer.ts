/**
 * How full-parameter training updates a flat arena with Muon: matrices of the layers by Muon, each projection by
 * itself, embedding, head, norms and biases by Adam without decay.
 */
import type { Gpu, Slice } from '../kernels/gpu';
import { adamWRange, type FlatRange, type FlatState, gradientNorm } from '../kernels/optimizer/adamw';
import { type FlatMatrix, muon } from '../kernels/optimizer/muon';
import type { AdamWParams, ModelConfig } from './types';
import { storageUnits } from './model/units';
import { arenaLayout } from './weights/weights-gpu';

/** What full-parameter training with Muon needs to know beside {@link AdamWParams}. */
export interface MuonOptions {
  readonly momentum: number;
  /** Adam's learning rates, as shares of Muon's. */
  readonly rates: { readonly embedding: number; readonly head: number; readonly vector: number };
}

/** Which optimiser has which part of the arena. Padding between units belongs to none. */
export interface ArenaParts {
  readonly matrices: readonly FlatMatrix[];
  readonly adam: readonly (FlatRange & { readonly rate: keyof MuonOptions['rates'] })[];
}

export function arenaParts(config: ModelConfig): ArenaParts {
  const units = storageUnits(config);
  const { offsets } = arenaLayout(units);
  const matrices: FlatMatrix[] = [];
  const adam: ArenaParts['adam'][number][] = [];
  for (const { key, parts, elements } of units) {
    const from = offsets.get(key) as number;
    if (key === 'embedding' || key === 'head') {
      adam.push({ from, count: elements, rate: key });
    } else if (parts.every(({ shape }) => shape.length === 2)) {
      for (const { offset, shape } of parts) {
        const [rows, cols] = shape as readonly [number, number];
        matrices.push({ offset: from + offset, rows, cols });
      }
    } else {
      adam.push({ from, count: elements, rate: 'vector' });
    }
  }
  return { matrices, adam };
}

/**
 * One update in place, which zeroes the gradient. `params.learningRate` and `params.weightDecay` are Muon's, the rest
 * of `params` is Adam's; clipping scales Adam's part of the gradient alone. The state's `m` holds Muon's momentum
 * where it holds no first moment. `norm` receives the norm of the whole gradient; where that is not finite, nothing
 * changes.
 */
export function muonUpdate(
  gpu: Gpu,
  state: FlatState,
  { matrices, adam }: ArenaParts,
  norm: Slice,
  { momentum, rates }: MuonOptions,
  params: AdamWParams & { readonly step: number },
): void {
  gradientNorm(gpu, state.gradient, state.length, norm);
  const { learningRate, weightDecay } = params;
  muon(gpu, { ...state, momentum: state.m }, matrices, norm, { learningRate, weightDecay, momentum });
  for (const { rate, ...range } of adam) {
    const step = { ...params, learningRate: learningRate * rates[rate], weightDecay: 0 };
    adamWRange(gpu, state, norm, step, range);
  }
}
