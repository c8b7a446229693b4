/** Invented records for the stand-in trainer: step metrics, evaluations, reports. */
import type { Split } from '../../src/env/types';
import type { EvalSummary, StepMetrics, TrajectoryView, WarmStartMetrics } from '../../src/grpo/types';
import { rewardMetric } from '../../src/report/metrics';
import { Random } from '../../src/random/philox';
import type { Settings } from '../../src/settings/settings';
import { mean, standardDeviation, sum } from '../../src/statistics';
import type { EvaluationReport } from '../../workers/api';
import { mockSkill, mockTrajectories } from './episodes';

/** @param step from 1 − `steps` to 0 */
export function mockWarmStart(settings: Settings, step: number, steps: number): WarmStartMetrics {
  const random = new Random(settings.seed, 'mock-warm-start', step + steps);
  const done = (step + steps) / steps;
  return {
    step,
    loss: 0.3 + 4 * Math.exp(-6 * done) + 0.08 * random.uniform(),
    trainedTokens: 1500,
    totalTokens: 2600,
    gradNorm: 0.2 + 2 * Math.exp(-5 * done),
    learningRate: settings.warmStartLearningRate * (1 - (0.9 * (step + steps - 1)) / Math.max(1, steps - 1)),
    seconds: 0.8,
  };
}

export function mockMetrics(settings: Settings, step: number, items: readonly TrajectoryView[]): StepMetrics {
  const random = new Random(settings.seed, 'mock-metrics', step);
  const rewards = items.map((item) => item.reward);
  const totalTokens = sum(items.map((item) => item.tokens.length));
  const trainableTokens = sum(items.map((item) => sum([...item.lossMask])));
  const byGroup = new Map<number, (boolean | null)[]>();
  for (const item of items) byGroup.set(item.group, [...(byGroup.get(item.group) ?? []), item.correct]);
  const groups = [...byGroup.values()];
  const judged = items.filter((item) => item.correct !== null);
  const done = step / settings.maxSteps;
  const forestTokens = Math.round(totalTokens * (0.42 - 0.24 * done + 0.04 * random.uniform()));
  const drift = settings.mode === 'rollout' ? 0.9 : 0.08;
  const policyLoss = 0.06 * (random.uniform() - 0.55);
  const kl = drift * (1 - Math.exp(-3 * done)) * (0.85 + 0.3 * random.uniform());
  return {
    step,
    maxSteps: settings.maxSteps,
    mode: settings.mode,
    loss: policyLoss + settings.beta * kl,
    policyLoss,
    kl,
    entropy: 0.62 * Math.exp(-1.6 * done) + 0.05 * random.uniform(),
    rewardMean: mean(rewards),
    rewardStd: standardDeviation(rewards),
    rewardMin: Math.min(...rewards),
    rewardMax: Math.max(...rewards),
    accuracy: judged.length === 0 ? null : judged.filter((item) => item.correct).length / judged.length,
    clipFraction: 0.02 * random.uniform(),
    gradNorm: 0.4 + 0.5 * random.uniform(),
    firstRatioError: 2e-6,
    learningRate: settings.learningRate,
    meanLevel: 1.8,
    groups: groups.length,
    groupsResampled: 0,
    groupsKept: new Set(items.filter((item) => item.kept).map((item) => item.group)).size,
    groupsAllRight: groups.filter((group) => group.every((right) => right === true)).length,
    groupsAllWrong: groups.filter((group) => group.every((right) => right === false)).length,
    trainableTokens,
    totalTokens,
    trainableRatio: trainableTokens / totalTokens,
    forestTokens,
    forestRatio: forestTokens / totalTokens,
    meanTurns: 2.9,
    toolCalls: items.length * 3,
    toolErrors: 1,
    turnsWithoutCall: 0,
    brokenCalls: 0,
    wrongArguments: 0,
    skippedUpdates: 0,
    typeSlips: 0,
    truncatedResults: 0,
    truncatedRollouts: 0,
    idkRate: 0.08 * (1 - done),
    [rewardMetric(settings.mode === 'simple' ? 'format' : String(settings['rewardPreset']))]: mean(rewards),
    gpuBytes: 180 * 2 ** 20,
    rolloutSeconds: 1.6 + 0.4 * random.uniform(),
    trainSeconds: 1.1 + 0.2 * random.uniform(),
    tokensPerSecond: 2900 + 500 * random.uniform(),
  };
}

/** @param best accuracy of the best evaluation before; the baseline counts as none */
export function mockEvaluation(settings: Settings, step: number, best: number | null): EvalSummary {
  const random = new Random(settings.seed, 'mock-evaluation', step);
  const questions = settings.evalDatasetSize;
  const skill = mockSkill(settings.mode, step, settings.maxSteps) + 0.08 * (random.uniform() - 0.5);
  const correctAnswers = Math.round(Math.min(0.93, skill) * questions);
  const accuracy = correctAnswers / questions;
  const idk = Math.round(0.1 * (questions - correctAnswers));
  return {
    step,
    isBaseline: step === 0,
    split: 'validation',
    questions,
    accuracy,
    correctAnswers,
    avgReward: 2.4 * accuracy - 0.6,
    medianReward: accuracy > 0.5 ? 1.7 : -0.4,
    stdReward: 0.9,
    minReward: -0.8,
    maxReward: 1.9,
    avgTurnsCorrect: 2.9,
    metrics: {
      answer_correct: accuracy,
      attempted_answer: Math.min(1, accuracy + 0.2 * (1 - accuracy)),
      ever_found_right_email: Math.min(1, (correctAnswers + 2) / questions),
      ever_read_right_email: Math.min(1, (correctAnswers + 1) / questions),
      returned_i_dont_know: idk / questions,
      num_total_searches: 1.4,
    },
    rewards: { [String(settings['rewardPreset'])]: 2.4 * accuracy - 0.6 },
    beatRate: step === 0 ? null : 0.8,
    seconds: 4,
    isBest: step > 0 && (best === null || accuracy > best),
  };
}

export function mockReport(settings: Settings, split: Split): EvaluationReport {
  const summary: EvalSummary = { ...mockEvaluation(settings, settings.maxSteps, null), split, isBest: false };
  const items = mockTrajectories(settings.seed, 9999, 'masked', 0.85, 6, 1);
  return {
    split,
    questions: items.length,
    sampledAccuracy: items.filter((item) => item.correct).length / items.length,
    accuracyInterval: { low: 0.4365, high: 0.9699 },
    greedyAccuracy: 1,
    greedyAccuracyInterval: { low: 0.6097, high: 1 },
    reward: summary.avgReward,
    metrics: summary.metrics,
    rewards: summary.rewards,
    sampled: summary,
    greedy: summary,
    perQuestion: items.map((item) => ({
      id: item.questionId,
      question: item.question,
      gold: item.goldAnswer,
      sampled: item.answer,
      sampledCorrect: item.correct,
      greedy: item.goldAnswer,
      greedyCorrect: true,
      reward: item.reward,
      sampledTurns: item.turns,
      greedyTurns: item.turns,
    })),
  };
}
