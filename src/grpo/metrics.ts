/** The record of one step. */
import type { MetricsTable } from '../env/types';
import type { Mode } from '../settings/choices';
import { buildForest } from '../tokens/forest';
import type { ScoredBatch } from './scoring';
import { mean, share, standardDeviation, sum } from '../statistics';
import type { UpdateMetrics } from './train-step';
import type { CoreStepMetrics, RewardMetric, ScoredTrajectory, StepMetrics } from './types';
import { countTrained } from './weights';

export interface StepFacts {
  readonly step: number;
  readonly maxSteps: number;
  readonly mode: Mode;
  /** Groups numbered below this are the step's own; dynamic sampling asked the others. */
  readonly batchSize: number;
  readonly batch: ScoredBatch;
  /** null when nothing was updated: no group was kept, or the update was left out. */
  readonly update: UpdateMetrics | null;
  /** Whether an update was left out because it was not finite. */
  readonly skippedUpdate?: boolean;
  readonly learningRate: number;
  /** The environment's. */
  readonly table: MetricsTable;
  readonly gpuBytes: number;
  readonly rolloutSeconds: number;
  readonly trainSeconds: number;
}

/**
 * Group and token counts are of the whole batch, dropped groups included. Rewards, accuracy and the other facts about
 * behaviour are of the step's own groups: asking on until groups have spread would bias any mean over all of them.
 */
export function stepMetrics(facts: StepFacts): StepMetrics {
  const { batch, update, rolloutSeconds, trainSeconds } = facts;
  const all = batch.trajectories;
  const own = all.filter(({ group }) => group < facts.batchSize);
  const scorable = own.filter((trajectory) => trajectory.scorable);
  const rewards = scorable.map(({ reward }) => reward);
  const totalTokens = sum(all.map(({ ids }) => ids.length));
  const trainableTokens = sum(all.map(({ lossMask }) => countTrained(lossMask)));
  const forestTokens = buildForest(all).forest.n;
  const results = own.flatMap(({ outcome }) => outcome.turns.flatMap((turn) => turn.results));
  const seconds = rolloutSeconds + trainSeconds;
  return {
    step: facts.step,
    maxSteps: facts.maxSteps,
    mode: facts.mode,
    loss: update?.loss ?? null,
    policyLoss: update?.policyLoss ?? null,
    kl: update?.kl ?? null,
    entropy: update?.entropy ?? null,
    rewardMean: mean(rewards),
    rewardStd: standardDeviation(rewards),
    rewardMin: rewards.length === 0 ? 0 : Math.min(...rewards),
    rewardMax: rewards.length === 0 ? 0 : Math.max(...rewards),
    accuracy: accuracyOf(scorable),
    clipFraction: update?.clipFraction ?? null,
    gradNorm: update?.gradNorm ?? null,
    firstRatioError: update?.firstRatioError ?? null,
    skippedUpdates: facts.skippedUpdate === true ? 1 : 0,
    learningRate: facts.learningRate,
    meanLevel: mean(own.map(({ task }) => task.level)),
    groups: batch.groups,
    groupsResampled: Math.max(0, batch.groups - facts.batchSize),
    groupsKept: batch.groupsKept,
    groupsAllRight: batch.groupsAllRight,
    groupsAllWrong: batch.groupsAllWrong,
    trainableTokens,
    totalTokens,
    trainableRatio: totalTokens === 0 ? 0 : trainableTokens / totalTokens,
    forestTokens,
    forestRatio: totalTokens === 0 ? 0 : forestTokens / totalTokens,
    meanTurns: mean(own.map(({ outcome }) => outcome.turns.length)),
    toolCalls: sum(own.map(({ outcome }) => sum(outcome.turns.map((turn) => turn.calls.length)))),
    toolErrors: results.filter(({ isError }) => isError).length,
    ...callFacts(own),
    truncatedResults: results.filter(({ truncated }) => truncated).length,
    truncatedRollouts: own.filter(({ truncated }) => truncated).length,
    ...environmentMetrics(own, facts.table),
    gpuBytes: facts.gpuBytes,
    rolloutSeconds,
    trainSeconds,
    tokensPerSecond: seconds > 0 ? totalTokens / seconds : 0,
  };
}

/** No call, a broken one and wrong arguments are three facts; a policy learns something else from each. */
export function callFacts(
  trajectories: readonly Pick<ScoredTrajectory, 'opening' | 'outcome'>[],
): Pick<CoreStepMetrics, 'turnsWithoutCall' | 'brokenCalls' | 'wrongArguments' | 'typeSlips'> {
  const turns = trajectories.flatMap(({ outcome }) => outcome.turns);
  const asked = trajectories.filter(({ opening }) => opening.tools.length > 0);
  const silent = asked.flatMap(({ outcome }) =>
    outcome.turns.filter(({ calls, broken }) => calls.length === 0 && broken === undefined),
  );
  const results = turns.flatMap((turn) => turn.results);
  return {
    turnsWithoutCall: silent.length,
    brokenCalls: sum(turns.map(({ broken = [] }) => broken.length)),
    wrongArguments: results.filter(({ refused }) => refused === 'arguments').length,
    typeSlips: sum(turns.flatMap(({ calls }) => calls.map(({ slips = 0 }) => slips))),
  };
}

/** Share of right ones among those on which the environment has a verdict; null where it has none on any. */
export function accuracyOf(trajectories: readonly Pick<ScoredTrajectory, 'outcome'>[]): number | null {
  const judged = trajectories.filter(({ outcome }) => outcome.success !== null);
  return judged.length === 0 ? null : share(judged, ({ outcome }) => outcome.success === true);
}

/** Means of the environment's metrics that its table records in steps, and of the parts of the reward. */
function environmentMetrics(
  own: readonly ScoredTrajectory[],
  table: MetricsTable,
): Record<string, number | null> {
  const named = Object.entries(table).flatMap(([name, { inSteps }]) =>
    inSteps === undefined ? [] : [[inSteps, mean(own.map(({ outcome }) => outcome.metrics[name] ?? 0))]],
  );
  return {
    ...(Object.fromEntries(named) as Record<string, number>),
    ...rewardMeans(own, (part): RewardMetric => `rewards/${part}`),
  };
}

/** Means of the parts of the reward over the rollouts to which each applies, under the names that `key` gives. */
export function rewardMeans(
  trajectories: readonly Pick<ScoredTrajectory, 'outcome'>[],
  key: (part: string) => string = (part) => part,
): Record<string, number | null> {
  const parts = new Set(trajectories.flatMap(({ outcome }) => Object.keys(outcome.rewards)));
  return Object.fromEntries(
    [...parts].map((part) => {
      const values = trajectories.map(({ outcome }) => outcome.rewards[part] ?? null);
      const there = values.filter((value): value is number => value !== null && Number.isFinite(value));
      return [key(part), there.length === 0 ? null : mean(there)];
    }),
  );
}

/** Steps in a row after which a run that cannot learn is reported. */
const PATIENCE_STEPS = 3;
const MOST_TRUNCATED = 0.9;
/** One result in seven cut before its answer was once enough to hold accuracy 10 points down. */
const MOST_RESULTS_CUT = 0.1;

/** Steps in a row in which something was so. */
class Streak {
  #length = 0;

  /** Whether this step completes the streak that is worth a warning; true once per streak. */
  completedBy(isSo: boolean): boolean {
    this.#length = isSo ? this.#length + 1 : 0;
    return this.#length === PATIENCE_STEPS;
  }
}

/** Notices runs that go on without learning (the commonest silent failure of GRPO) and names likely causes. */
export class SilenceWatch {
  readonly #withoutVariance = new Streak();
  readonly #rolloutsCut = new Streak();
  readonly #resultsCut = new Streak();

  /**
   * Answers warnings, each once per stretch of {@link PATIENCE_STEPS} or more such steps.
   * @param rollouts those of the step's own groups, of which `truncatedRollouts` were cut.
   */
  observe(metrics: StepMetrics, rollouts: number): string[] {
    const { truncatedRollouts, truncatedResults, toolCalls } = metrics;
    const warnings: string[] = [];
    if (this.#withoutVariance.completedBy(metrics.groupsKept === 0)) {
      const cause =
        metrics.groupsAllRight === metrics.groups
          ? 'Every rollout is right: the questions are too easy, so use harder ones or stop here.'
          : metrics.groupsAllWrong === metrics.groups
            ? 'Every rollout is wrong: the policy cannot yet do the task, its turns are cut (maxTokens, ' +
              'maxSeqLength), or its chat template does not match the tool-call format.'
            : 'Rewards hardly differ within groups: raise numGenerations or temperature, or lower minGroupStd.';
      warnings.push(
        `No group had enough reward variance in ${PATIENCE_STEPS} steps in a row, so nothing is being learned. ${cause}`,
      );
    }
    if (this.#rolloutsCut.completedBy(truncatedRollouts >= MOST_TRUNCATED * rollouts)) {
      warnings.push(
        `${truncatedRollouts} of ${rollouts} rollouts were cut in each of ${PATIENCE_STEPS} steps in a row. ` +
          'Raise maxTokens (length of a turn) or maxSeqLength (length of the conversation), or check that the model ' +
          'knows its stop token.',
      );
    }
    if (this.#resultsCut.completedBy(truncatedResults > MOST_RESULTS_CUT * toolCalls)) {
      warnings.push(
        `More than ${100 * MOST_RESULTS_CUT} % of the tool results were cut to fit the context in ${PATIENCE_STEPS} ` +
          `steps in a row (${truncatedResults} of ${toolCalls} calls in the last one): answers may stand in what the ` +
          'policy never saw. Raise maxSeqLength, or have the environment give shorter results.',
      );
    }
    return warnings;
  }
}
