/** The schedule of the warm start: what `npm run pretrain` trains, and what it writes down for `pretrain_torch.py`. */
import type { MuonOptions } from '../../src/engine/full-optimizer';
import type { AdamWParams } from '../../src/engine/types';
import type { TraceSource } from './sequences';

export const STAGE_NAMES = ['copy', 'traces', 'traces-2', 'clean', 'flawed'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

export interface Stage {
  readonly name: StageName;
  readonly steps: number;
  /** Length of the learning-rate schedule, which may end after the stage does. */
  readonly scheduleSteps: number;
  /** Muon's peak; Adam's rates are in proportion. */
  readonly learningRate: number;
  /** Of these first steps each has an equal share more of the rate. */
  readonly warmupSteps: number;
  /** Share of the schedule after which the rate falls, in a line to `finalShare` of the peak. */
  readonly decayFrom: number;
  readonly finalShare: number;
  /** Sequences of a step. */
  readonly batchSize: number;
  /** Traces, or streams of repeated random words to copy. */
  readonly data: 'copying' | readonly TraceSource[];
  /** Whether momentum and moments of the stage before are taken over. */
  readonly keepsOptimizer: boolean;
}

const DEFAULTS = { warmupSteps: 20, batchSize: 16, decayFrom: 1, finalShare: 1, keepsOptimizer: false };
const source = (kind: TraceSource['kind'], first: number, inboxes: number): TraceSource => ({
  kind,
  split: 'train',
  seed: kind === 'flawed' ? 300 : 200,
  first,
  inboxes,
});
const [MULTI, MORE_MULTI] = [source('multi', 0, 300), source('multi', 300, 300)];

/**
 * The full schedule. Copying comes first because nothing else is learned before it. Several questions about one mail
 * teach what is slowest, which of its values is asked for. Careless traces at the end leave reinforcement learning
 * something to do.
 */
export const STAGES: readonly Stage[] = [
  {
    ...DEFAULTS,
    name: 'copy',
    steps: 90,
    scheduleSteps: 90,
    learningRate: 0.02,
    decayFrom: 0.6,
    finalShare: 0.3,
    batchSize: 24,
    data: 'copying',
  },
  {
    ...DEFAULTS,
    name: 'traces',
    steps: 400,
    scheduleSteps: 2000,
    learningRate: 0.006,
    decayFrom: 0.4,
    finalShare: 0.05,
    data: [MULTI, MORE_MULTI],
  },
  {
    ...DEFAULTS,
    name: 'traces-2',
    steps: 700,
    scheduleSteps: 1200,
    learningRate: 0.003,
    decayFrom: 0.4,
    finalShare: 0.05,
    data: [MORE_MULTI],
    keepsOptimizer: true,
  },
  {
    ...DEFAULTS,
    name: 'clean',
    steps: 800,
    scheduleSteps: 800,
    learningRate: 0.003,
    decayFrom: 0.3,
    finalShare: 0.03,
    data: [source('clean', 1000, 500)],
    keepsOptimizer: true,
  },
  {
    ...DEFAULTS,
    name: 'flawed',
    steps: 80,
    scheduleSteps: 80,
    learningRate: 0.002,
    data: [source('flawed', 0, 150), source('clean', 2700, 28)],
  },
];

/** Muon for the matrices of the layers, Adam for the rest. */
export const MUON: MuonOptions = { momentum: 0.95, rates: { embedding: 0.5, head: 0.1, vector: 0.25 } };
/** `weightDecay` is Muon's; Adam's part does not decay. */
export const ADAM: Omit<AdamWParams, 'learningRate'> = {
  beta1: 0.9,
  beta2: 0.98,
  eps: 1e-10,
  weightDecay: 0.01,
  maxGradNorm: Infinity,
};

/** Traces of all stages are of inboxes that no other seed's run sees. */
const SEED_STEP = 1000;
export const MOST_SEED = 4_000_000;

export interface PlanOptions {
  /** 0 to {@link MOST_SEED}. */
  readonly seed: number;
  /** Only this one; null for all. */
  readonly stage: StageName | null;
  /** Of every stage; null keeps its own. */
  readonly steps: number | null;
  /** Factor on every stage's own number of steps. */
  readonly scale: number;
  /** Peak of every stage; null keeps its own. */
  readonly learningRate: number | null;
  readonly batchSize: number | null;
}

export function planStages(options: PlanOptions): Stage[] {
  return STAGES.filter(({ name }) => options.stage === null || name === options.stage).map((stage) => {
    const steps = options.steps ?? Math.max(1, Math.round(stage.steps * options.scale));
    return {
      ...stage,
      steps,
      scheduleSteps: Math.round((stage.scheduleSteps * steps) / stage.steps),
      warmupSteps: Math.min(stage.warmupSteps, Math.floor(steps / 4)),
      learningRate: options.learningRate ?? stage.learningRate,
      batchSize: options.batchSize ?? stage.batchSize,
      data:
        stage.data === 'copying'
          ? stage.data
          : stage.data.map((traces) => ({ ...traces, seed: traces.seed + SEED_STEP * options.seed })),
    };
  });
}

/** Muon's learning rate at a step of the stage, 1-based. */
export function stageRate(step: number, stage: Stage): number {
  const { learningRate, warmupSteps, scheduleSteps, decayFrom, finalShare } = stage;
  const warmed = warmupSteps === 0 ? 1 : Math.min(1, step / warmupSteps);
  const done = (step - 1) / scheduleSteps;
  const fallen = done < decayFrom ? 0 : (done - decayFrom) / (1 - decayFrom);
  return learningRate * warmed * (1 - (1 - finalShare) * fallen);
}
