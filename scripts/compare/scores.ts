/** From an evaluation's report to counts per question family and level. */
import type { EvaluationReport } from '../../src/run/types';
import type { TaskKind } from '../runs/inputs';
import type { Cell, Score } from './types';

/**
 * @param tasks by id; one that is not there counts as family '' and level 1
 * @param metrics those whose means are kept
 */
export function scoreOf(
  report: EvaluationReport,
  tasks: ReadonlyMap<string, TaskKind>,
  metrics: readonly string[] = [],
): Score {
  const cells = new Map<string, Cell>();
  for (const { id, sampledCorrect, greedyCorrect } of report.perQuestion) {
    const { family, level } = tasks.get(id) ?? { family: '', level: 1 };
    const key = JSON.stringify([family, level]);
    const cell = cells.get(key) ?? { family, level, questions: 0, sampledRight: 0, greedyRight: 0 };
    cells.set(key, {
      ...cell,
      questions: cell.questions + 1,
      sampledRight: cell.sampledRight + Number(sampledCorrect),
      greedyRight: cell.greedyRight + Number(greedyCorrect),
    });
  }
  return {
    split: report.split,
    questions: report.questions,
    sampledRight: report.perQuestion.filter(({ sampledCorrect }) => sampledCorrect).length,
    greedyRight: report.perQuestion.filter(({ greedyCorrect }) => greedyCorrect).length,
    idk: countOf(report, 'returned_i_dont_know'),
    attempted: countOf(report, 'attempted_answer'),
    ...(metrics.length > 0
      ? { metrics: Object.fromEntries(metrics.map((name) => [name, report.metrics[name] ?? 0])) }
      : {}),
    reward: report.reward,
    cells: [...cells.values()].sort(
      (a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : 0) || a.level - b.level,
    ),
  };
}

/** Episodes of the sampled evaluation of which a metric of truth holds. */
function countOf({ metrics, questions }: EvaluationReport, metric: string): number {
  return Math.round((metrics[metric] ?? 0) * questions);
}

export const sampledAccuracy = ({ sampledRight, questions }: ScoreCounts): number => sampledRight / questions;
export const greedyAccuracy = ({ greedyRight, questions }: ScoreCounts): number => greedyRight / questions;

type ScoreCounts = Pick<Score, 'sampledRight' | 'greedyRight' | 'questions'>;
