/** Which trajectories of a step are listed. Pure. */
import type { TrajectoryView } from '../../grpo/types';

export const VERDICTS = ['any', 'right', 'wrong'] as const;
export const GROUPS = ['any', 'kept', 'dropped'] as const;
export const PUSHES = ['any', 'up', 'down'] as const;

export interface TrajectoryFilter {
  readonly verdict: (typeof VERDICTS)[number];
  readonly group: (typeof GROUPS)[number];
  /** By the sign of the advantage. */
  readonly push: (typeof PUSHES)[number];
  /** Null for all. */
  readonly level: number | null;
  /** Only those in which a tool answered with an error, or a call could not be read. */
  readonly toolErrors: boolean;
  /** Words that the conversation, the question or the answer must contain, whatever their case. */
  readonly words: string;
}

export const NO_FILTER: TrajectoryFilter = {
  verdict: 'any',
  group: 'any',
  push: 'any',
  level: null,
  toolErrors: false,
  words: '',
};

export function isFiltering(filter: TrajectoryFilter): boolean {
  return JSON.stringify({ ...filter, words: filter.words.trim() }) !== JSON.stringify(NO_FILTER);
}

/** Advantages nearer to zero push nothing that could be seen. */
export const LEAST_PUSH = 0.005;

export function matches(item: TrajectoryView, filter: TrajectoryFilter): boolean {
  const { verdict, group, push, level, toolErrors } = filter;
  if (verdict !== 'any' && (item.correct === true) !== (verdict === 'right')) return false;
  if (group !== 'any' && item.kept !== (group === 'kept')) return false;
  if (push === 'up' && !(item.kept && item.advantage > LEAST_PUSH)) return false;
  if (push === 'down' && !(item.kept && item.advantage < -LEAST_PUSH)) return false;
  if (level !== null && item.level !== level) return false;
  if (toolErrors && !hasToolError(item)) return false;
  return containsWords(item, filter.words);
}

/** A call that was refused or failed, or that could not be read. */
export function hasToolError({ turns, endReason }: TrajectoryView): boolean {
  return (
    endReason === 'bad-call' ||
    endReason === 'unparsable' ||
    turns.some(({ broken, results }) => (broken ?? []).length > 0 || results.some(({ isError }) => isError))
  );
}

/** All words, in the text that the policy saw and wrote. */
function containsWords({ question, answer, tokens }: TrajectoryView, words: string): boolean {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const text = `${question}\n${answer ?? ''}\n${tokens.join('')}`.toLowerCase();
  return wanted.every((word) => text.includes(word));
}

/** Levels of a step's questions, ascending; none where they are not known. */
export function levelsOf(items: readonly TrajectoryView[]): number[] {
  return [...new Set(items.flatMap(({ level }) => (level === undefined ? [] : [level])))].sort(
    (a, b) => a - b,
  );
}
