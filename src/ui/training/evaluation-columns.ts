/** Columns of the table of evaluations. Pure. */
import type { EnvironmentInfo } from '../../env/types';
import type { EvalSummary } from '../../grpo/types';
import { metricText, number, signed } from '../format';
import { evaluationMetric } from '../metrics';
import { capital } from '../../report/metrics';
import { t } from '../texts';

export interface Column {
  readonly head: string;
  readonly explain: string;
  readonly cell: (e: EvalSummary) => string;
}

/** The columns of every environment around this one's own. */
export function evaluationColumns({ metrics }: Pick<EnvironmentInfo, 'metrics'>): readonly Column[] {
  const accuracy = evaluationMetric('accuracy');
  const correctAnswers = evaluationMetric('correctAnswers');
  const avgReward = evaluationMetric('avgReward');
  const avgTurnsCorrect = evaluationMetric('avgTurnsCorrect');
  const own = Object.entries(metrics)
    .filter(([, info]) => info.inEvaluations)
    .map(([name, { label, description, unit }]) => ({
      head: capital(label),
      explain: description,
      cell: (e: EvalSummary) => metricText(e.metrics[name], unit),
    }));
  return [
    {
      head: t.training.accuracy.title,
      explain: accuracy.caption,
      cell: (e) => metricText(e.accuracy, accuracy.unit),
    },
    {
      head: correctAnswers.label,
      explain: correctAnswers.caption,
      cell: (e) => `${e.correctAnswers} / ${e.questions}`,
    },
    ...own,
    {
      head: avgReward.label,
      explain: t.training.meanAndDeviation,
      cell: (e) => `${signed(e.avgReward)} ± ${number(e.stdReward, 2)}`,
    },
    {
      head: avgTurnsCorrect.label,
      explain: avgTurnsCorrect.caption,
      cell: (e) => metricText(e.avgTurnsCorrect, avgTurnsCorrect.unit),
    },
  ];
}
