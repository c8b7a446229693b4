/** Numbers of the visitor's own runs that lessons speak of. Pure. */
import type { EvalSummary, StepMetrics, TrajectoryView } from '../../grpo/types';
import type { Settings } from '../../settings/settings';
import { mean, standardDeviation } from '../../statistics';
import { TOKEN_SOURCE } from '../../tokens/types';
import { comparisonOf, type Comparison } from '../compare/comparison';
import { currentRecord, isActive, openTrajectory, shownBatch, type RunRecord, type State } from '../state';

/** Whether a run is at its end: nothing more comes of it. */
function isOver(state: State, record: RunRecord): boolean {
  return !isActive(state.run.status) || state.run.recordId !== record.id;
}

/** The newest run with these settings that has made a step, whether it goes on or not; null when there is none. */
function runOf(state: State, wanted: Partial<Settings>): RunRecord | null {
  const entries = Object.entries(wanted);
  return (
    state.records.findLast(
      ({ settings, steps }) =>
        settings !== null && steps.length > 0 && entries.every(([key, value]) => settings[key] === value),
    ) ?? null
  );
}

/** The same, at its end. */
export function endedRun(state: State, wanted: Partial<Settings>): RunRecord | null {
  const found = runOf(state, wanted);
  return found !== null && isOver(state, found) ? found : null;
}

export const validations = ({ evaluations }: RunRecord): readonly EvalSummary[] =>
  evaluations.filter(({ split }) => split === 'validation');

/** Tokens of a trajectory by who wrote them. */
export interface Written {
  readonly prompt: number;
  readonly model: number;
  readonly tool: number;
  readonly all: number;
}
export function writtenIn({ source }: TrajectoryView): Written {
  const of = (kind: number): number => source.reduce((sum, one) => sum + Number(one === kind), 0);
  return {
    prompt: of(TOKEN_SOURCE.prompt),
    model: of(TOKEN_SOURCE.sampled),
    tool: of(TOKEN_SOURCE.tool),
    all: source.length,
  };
}

/** Over all trajectories of the step that is shown; null before the first. */
export function writtenInBatch(state: State): Written | null {
  const items = shownBatch(state.trajectories)?.items ?? [];
  if (items.length === 0) return null;
  return items.map(writtenIn).reduce((a, b) => ({
    prompt: a.prompt + b.prompt,
    model: a.model + b.model,
    tool: a.tool + b.tool,
    all: a.all + b.all,
  }));
}

/** The group of the trajectory that is open. */
export interface OpenGroup {
  readonly rewards: readonly number[];
  readonly mean: number;
  readonly sd: number;
  readonly reward: number;
  readonly advantage: number;
  readonly kept: boolean;
}
export function openGroup(state: State): OpenGroup | null {
  const open = openTrajectory(state.trajectories);
  if (open === null) return null;
  const items = shownBatch(state.trajectories)?.items ?? [];
  const rewards = items.filter(({ group }) => group === open.group).map(({ reward }) => reward);
  const { reward, advantage, kept } = open;
  return { rewards, mean: mean(rewards), sd: standardDeviation(rewards), reward, advantage, kept };
}

/** Groups of all steps of a run. */
export function groupsOf({ steps }: RunRecord): { all: number; kept: number; right: number; wrong: number } {
  const sum = (value: (step: StepMetrics) => number): number => steps.reduce((n, step) => n + value(step), 0);
  return {
    all: sum((step) => step.groups),
    kept: sum((step) => step.groupsKept),
    right: sum((step) => step.groupsAllRight),
    wrong: sum((step) => step.groupsAllWrong),
  };
}

/** The largest of a metric over a run's steps; null where no step has it. */
export function largest({ steps }: RunRecord, value: (step: StepMetrics) => number | null): number | null {
  const values = steps.map(value).filter((one) => one !== null);
  return values.length === 0 ? null : Math.max(...values);
}

/** Those that are laid over each other under “Compare”. */
export const shownRuns = ({ records, hiddenRecords }: State): readonly RunRecord[] =>
  records.filter(({ id, steps }) => steps.length > 0 && !hiddenRecords.has(id));

/** What the shown runs say of the mask; null before both kinds have come to an end. */
export function maskComparison(state: State): Comparison | null {
  if (state.queue !== null || isActive(state.run.status)) return null;
  const shown = shownRuns(state);
  const modes = new Set(shown.map(({ settings }) => settings?.mode));
  return modes.size === 2 && modes.has('masked') && modes.has('rollout') ? comparisonOf(shown) : null;
}

/** Whether the trajectories are of a run in this environment. */
export function hasTrajectories(state: State, environment: string): boolean {
  return state.trajectories.batches.length > 0 && currentRecord(state)?.settings?.environment === environment;
}
