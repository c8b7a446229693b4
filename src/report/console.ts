/** What a run writes to the console, in the wording of the original system. */
import { type MetricsTable } from '../env/types';
import { taskText } from '../conversation/text';
import { mean, standardDeviation } from '../statistics';
import type { EvalSummary, ScoredTrajectory, StepMetrics, WarmStartMetrics } from '../grpo/types';
import type { Settings } from '../settings/settings';
import { consoleText, type MetricEntry } from './metric-info';
import { metricValue, STEP_METRICS } from './metrics';

const fixed = (value: number | null, digits: number) => consoleText(value, 'none', digits);
const percent = (value: number | null) => consoleText(value, 'share', 1);

export function startLines(settings: Settings, trainQuestions: number, evalQuestions: number): string[] {
  return [
    `GRPO, mode ${settings.mode}: ${trainQuestions} training and ${evalQuestions} validation questions, seed ${settings.seed}`,
    `${settings.batchSize} questions x ${settings.numGenerations} rollouts a step, ${settings.maxSteps} steps, ` +
      `learning rate ${settings.learningRate} (${settings.lrSchedule}), beta ${settings.beta}`,
    `Stops at accuracy ${percent(settings.targetAccuracy)}` +
      (settings.patience > 0 ? ` or after ${settings.patience} evaluations without improvement` : '') +
      `; groups below a reward std of ${settings.minGroupStd} are dropped` +
      (settings.dynamicSampling > 0 ? `, up to ${settings.dynamicSampling} a step replaced` : ''),
  ];
}

export function stepLine(m: StepMetrics): string {
  const shown = Object.entries<MetricEntry>(STEP_METRICS).flatMap(([name, { unit, console }]) =>
    console === undefined
      ? []
      : [`${console.label} ${consoleText(metricValue(m, name), unit, console.digits)}`],
  );
  return [
    `Step ${m.step}/${m.maxSteps}`,
    ...shown,
    `Trainable tokens: ${m.trainableTokens}/${m.totalTokens} (${percent(m.trainableRatio)})`,
  ].join(' | ');
}

export function warmStartLine(m: WarmStartMetrics, steps: number): string {
  return `Warm start ${steps + m.step}/${steps} | Loss ${fixed(m.loss, 4)} | Gradient norm ${fixed(m.gradNorm, 4)} | Expert tokens: ${m.trainedTokens}/${m.totalTokens}`;
}

/** Per group, then per rollout. */
export function verboseLines(trajectories: readonly ScoredTrajectory[], m: StepMetrics): string[] {
  const lines = [
    `  groups: ${m.groupsKept} of ${m.groups} kept, ${m.groupsResampled} resampled, ${m.groupsAllRight} all right, ${m.groupsAllWrong} all wrong | ` +
      `gradient norm ${fixed(m.gradNorm, 4)} | clipped ${percent(m.clipFraction)} | ` +
      `rollout ${m.rolloutSeconds.toFixed(1)} s, training ${m.trainSeconds.toFixed(1)} s`,
  ];
  const groups = new Map<number, ScoredTrajectory[]>();
  for (const trajectory of trajectories) {
    groups.set(trajectory.group, [...(groups.get(trajectory.group) ?? []), trajectory]);
  }
  for (const [group, members] of groups) {
    const [first] = members as [ScoredTrajectory];
    const rewards = members.map(({ reward }) => reward);
    lines.push(
      `  group ${group} (${members.some(({ kept }) => kept) ? 'kept' : 'dropped'}): ` +
        `"${taskText(first.task)}" gold "${first.task.answer ?? ''}" | ` +
        `reward ${mean(rewards).toFixed(3)} ± ${standardDeviation(rewards).toFixed(3)}`,
    );
    for (const { rollout, reward, advantage, outcome } of members) {
      const tools = outcome.turns.map(({ calls }) => calls.map(({ name }) => name).join('+') || 'text');
      lines.push(
        `    rollout ${rollout}: reward ${reward.toFixed(3)}, advantage ${advantage.toFixed(3)}, ` +
          `${tools.join(' > ')}, ${outcome.stopCondition}` +
          (outcome.answer === null ? '' : `, answer "${outcome.answer}"`) +
          (outcome.success === true ? ' (correct)' : ''),
      );
    }
  }
  return lines;
}

/** @param table the environment's metrics: those of evaluations get a line */
export function evaluationLines(e: EvalSummary, table: MetricsTable): string[] {
  const own = Object.entries(table)
    .filter(([, info]) => info.inEvaluations)
    .map(([name, { label, unit }]) => {
      return `${label}: ${consoleText(e.metrics[name], unit, unit === 'share' ? 1 : 2)}`;
    });
  const rule = '='.repeat(60);
  return [
    rule,
    e.isBaseline ? 'Baseline evaluation' : `Evaluation at step ${e.step}${e.isBest ? ' (best so far)' : ''}`,
    `  Accuracy: ${percent(e.accuracy)} (${e.correctAnswers}/${e.questions})`,
    `  Reward: mean ${e.avgReward.toFixed(3)}, median ${e.medianReward.toFixed(3)}, std ${e.stdReward.toFixed(3)}, ` +
      `range ${e.minReward.toFixed(2)} to ${e.maxReward.toFixed(2)}`,
    ...(own.length > 0 ? [`  ${own.join(', ')}`] : []),
    `  Turns when correct: ${fixed(e.avgTurnsCorrect, 2)} | At least as good as the baseline: ${percent(e.beatRate)}`,
    rule,
  ];
}
