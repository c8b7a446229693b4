/** Step records, evaluations and runs for the tests of the page. */
import type { EvalSummary, StepMetrics, TrajectoryView } from '../../src/grpo/types';
import { presetSettings } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';
import { viewOf, type Segment } from '../../src/ui/example';
import type { RunRecord } from '../../src/ui/state';

export function settingsOf(changes: Partial<Settings> = {}): Settings {
  return { ...presetSettings('default'), outputDir: 'outputs/grpo_masked', ...changes };
}

export function metricsOf(step: number, changes: Partial<StepMetrics> = {}): StepMetrics {
  return {
    step,
    maxSteps: 20,
    mode: 'masked',
    loss: 0.1,
    policyLoss: 0.1,
    kl: 0.01,
    entropy: 0.5,
    rewardMean: 1,
    rewardStd: 0.5,
    rewardMin: 0,
    rewardMax: 2,
    accuracy: 0.5,
    clipFraction: 0,
    gradNorm: 1,
    firstRatioError: 0,
    learningRate: 1e-3,
    meanLevel: 1.8,
    groups: 6,
    groupsResampled: 0,
    groupsKept: 4,
    groupsAllRight: 1,
    groupsAllWrong: 1,
    trainableTokens: 25,
    totalTokens: 100,
    trainableRatio: 0.25,
    forestTokens: 40,
    forestRatio: 0.4,
    meanTurns: 3,
    toolCalls: 10,
    toolErrors: 0,
    turnsWithoutCall: 0,
    brokenCalls: 0,
    wrongArguments: 0,
    skippedUpdates: 0,
    typeSlips: 0,
    truncatedResults: 0,
    truncatedRollouts: 0,
    idkRate: 0,
    'rewards/default': 1,
    gpuBytes: 1,
    rolloutSeconds: 2,
    trainSeconds: 1,
    tokensPerSecond: 33,
    ...changes,
  };
}

export function evaluationOf(step: number, changes: Partial<EvalSummary> = {}): EvalSummary {
  return {
    step,
    isBaseline: step === 0,
    split: 'validation',
    questions: 10,
    accuracy: 0.4,
    correctAnswers: 4,
    avgReward: 0.2,
    medianReward: 0.1,
    stdReward: 0.3,
    minReward: -1,
    maxReward: 2,
    avgTurnsCorrect: 3,
    metrics: { attempted_answer: 0.6, ever_found_right_email: 0.5 },
    rewards: { default: 0.2 },
    beatRate: null,
    seconds: 1,
    isBest: false,
    ...changes,
  };
}

export function recordOf(outputDir: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: `session:${outputDir}`,
    outputDir,
    origin: 'session',
    settings: settingsOf({ outputDir }),
    preset: 'default',
    steps: [],
    evaluations: [],
    finished: false,
    ...changes,
  };
}

const SEGMENTS: readonly Segment[] = [
  { from: 'prompt', text: 'ab ' },
  { from: 'sampled', text: 'cd' },
  { from: 'tool', text: 'ef gh' },
  { from: 'sampled', text: 'ij' },
];

/** Tokens: `ab`, space (prompt), `cd` (model), `ef`, ` gh` (tool), `ij` (model). */
export function trajectoryOf(changes: Partial<TrajectoryView> = {}): TrajectoryView {
  const view = viewOf(
    SEGMENTS,
    {
      questionId: 'q1',
      question: 'Who?',
      goldAnswer: 'Ines',
      answer: 'Ines',
      group: 0,
      rollout: 0,
      reward: 1,
      advantage: 0.5,
      correct: true,
      endReason: 'answered',
      kept: true,
    },
    (from) => from === 'sampled',
    () => Math.log(0.5),
  );
  return { ...view, ...changes };
}
