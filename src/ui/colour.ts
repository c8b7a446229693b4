/** From numbers to the few colour steps of the token view. Pure; the colours themselves are in styles/tokens.css. */
import { TOKEN_SOURCE } from '../tokens/types';

/** What a token is to the loss. `sampled` without `trained`: the mask left it out (dropped group, truncated). */
export type TokenRole = 'prompt' | 'trained' | 'untrained' | 'tool' | 'tool-trained';

export function tokenRole(source: number, trained: boolean): TokenRole {
  if (source === TOKEN_SOURCE.sampled) return trained ? 'trained' : 'untrained';
  if (source === TOKEN_SOURCE.tool) return trained ? 'tool-trained' : 'tool';
  return 'prompt';
}

export const ADVANTAGE_STEPS = 4;

/**
 * Diverging step of an advantage: -4 … 4, 0 for (almost) nothing.
 * `scale` is the size that gets the strongest colour; smaller values share the rest evenly.
 */
export function advantageStep(advantage: number, scale: number): number {
  if (!(scale > 0) || !Number.isFinite(advantage)) return 0;
  const share = Math.min(1, Math.abs(advantage) / scale);
  if (share < 0.02) return 0;
  return Math.sign(advantage) * Math.max(1, Math.ceil(share * ADVANTAGE_STEPS));
}

/** Largest absolute advantage, at least a hundredth so that rounding noise stays pale. */
export function advantageScale(advantages: Float32Array): number {
  let scale = 0.01;
  for (const value of advantages) {
    if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
  }
  return scale;
}

/** Lower bounds of the probability a sampled token had; below the last one it gets the strongest colour. */
export const PROBABILITY_BOUNDS = [0.95, 0.75, 0.5, 0.2, 0.05] as const;

/** Step of surprise: 0 (expected) to 5 (p below 5 %). `logprob` in nats. */
export function surpriseStep(logprob: number): number {
  const probability = Math.exp(logprob);
  const step = PROBABILITY_BOUNDS.findIndex((bound) => probability >= bound);
  return step === -1 ? PROBABILITY_BOUNDS.length : step;
}

/** Colour of a mode: one everywhere on the page. */
export const MODE_COLOUR = {
  masked: '--mode-masked',
  rollout: '--mode-rollout',
  simple: '--mode-simple',
} as const;

/** Colours of curves that are told apart only by order (several runs of one mode): CSS variables. */
export const CURVE_COLOURS = [
  '--curve-1',
  '--curve-2',
  '--curve-3',
  '--curve-4',
  '--curve-5',
  '--curve-6',
] as const;
