/** The stages of the warm start and how a run shortens them. */
import { learningRateAt } from '../../src/grpo/schedule';
import type { TraceMix } from './sequences';

export const STAGE_NAMES = ['copying', 'traces', 'answers', 'noise'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

export interface Stage {
  readonly name: StageName;
  readonly steps: number;
  /** Peak; reached after `warmupSteps`, then falling along a cosine to a tenth. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** A batch ends with the sequence that reaches this many. */
  readonly batchTokens: number;
  /** Null: chunks of random tokens to copy. */
  readonly mix: TraceMix | null;
  /** Loss weight of prompts, questions and tool results. */
  readonly contextWeight: number;
}

/**
 * The full schedule. Copying comes first because nothing else is learned before it: it emerges at once, after
 * hundreds of steps without progress. Several questions about one mail teach what is slowest, which of its values is
 * asked for. Careless traces at the end leave reinforcement learning something to do.
 */
export const STAGES: readonly Stage[] = [
  {
    name: 'copying',
    steps: 850,
    learningRate: 3e-3,
    warmupSteps: 20,
    batchTokens: 2048,
    mix: null,
    contextWeight: 0,
  },
  {
    name: 'traces',
    steps: 850,
    learningRate: 2e-3,
    warmupSteps: 20,
    batchTokens: 4096,
    mix: { clean: 1, multi: 0, flawed: 0 },
    contextWeight: 0.05,
  },
  {
    name: 'answers',
    steps: 2300,
    learningRate: 2e-3,
    warmupSteps: 20,
    batchTokens: 4096,
    mix: { clean: 0.3, multi: 0.7, flawed: 0 },
    contextWeight: 0,
  },
  {
    name: 'noise',
    steps: 76,
    learningRate: 1e-3,
    warmupSteps: 5,
    batchTokens: 4096,
    mix: { clean: 0.3, multi: 0, flawed: 0.7 },
    contextWeight: 0,
  },
];

export interface PlanOptions {
  /** Only this one; null for all. */
  readonly stage: StageName | null;
  /** Of every stage; null keeps its own. */
  readonly steps: number | null;
  /** Factor on every stage's own number of steps. */
  readonly scale: number;
  /** Peak of every stage; null keeps its own. */
  readonly learningRate: number | null;
  readonly batchTokens: number | null;
}

export function planStages(options: PlanOptions): Stage[] {
  return STAGES.filter(({ name }) => options.stage === null || name === options.stage).map((stage) => {
    const steps = options.steps ?? Math.max(1, Math.round(stage.steps * options.scale));
    return {
      ...stage,
      steps,
      warmupSteps: Math.min(stage.warmupSteps, Math.floor(steps / 4)),
      learningRate: options.learningRate ?? stage.learningRate,
      batchTokens: options.batchTokens ?? stage.batchTokens,
    };
  });
}

/** Of a step of the stage, 1-based. */
export function stageRate(step: number, { learningRate, warmupSteps, steps }: Stage): number {
  return learningRateAt(step, { learningRate, warmupSteps, lrSchedule: 'cosine', maxSteps: steps });
}
