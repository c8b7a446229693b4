/** Table of the evaluations of the present run. */
import type { EnvironmentInfo } from '../env/types';
import type { EvalSummary } from '../grpo/types';
import { el, fill } from './dom';
import { environmentOf } from './metrics';
import { EVALUATION_METRICS } from '../report/evaluation-metrics';
import { number, signed } from '../report/format';
import { metricText } from '../report/metric-info';
import { capital } from '../report/metrics';
import type { PageStore } from './runner';
import { currentRecord } from './state';

interface Column {
  readonly head: string;
  readonly explain: string;
  readonly cell: (e: EvalSummary) => string;
}

const { accuracy, correctAnswers, avgReward, avgTurnsCorrect } = EVALUATION_METRICS;

const BEFORE: readonly Column[] = [
  { head: 'Accuracy', explain: accuracy.caption, cell: (e) => metricText(e.accuracy, accuracy.unit) },
  {
    head: correctAnswers.label,
    explain: correctAnswers.caption,
    cell: (e) => `${e.correctAnswers} / ${e.questions}`,
  },
];

const AFTER: readonly Column[] = [
  {
    head: avgReward.label,
    explain: 'Mean ± standard deviation',
    cell: (e) => `${signed(e.avgReward)} ± ${number(e.stdReward, 2)}`,
  },
  {
    head: avgTurnsCorrect.label,
    explain: avgTurnsCorrect.caption,
    cell: (e) => metricText(e.avgTurnsCorrect, avgTurnsCorrect.unit),
  },
];

/** The columns of every environment around this one's own. */
export function evaluationColumns({ metrics }: Pick<EnvironmentInfo, 'metrics'>): readonly Column[] {
  const own = Object.entries(metrics)
    .filter(([, info]) => info.inEvaluations)
    .map(([name, { label, description, unit }]) => ({
      head: capital(label),
      explain: description,
      cell: (e: EvalSummary) => metricText(e.metrics[name], unit),
    }));
  return [...BEFORE, ...own, ...AFTER];
}

export function createEvaluations(store: PageStore): HTMLElement {
  const table = el('table');
  const root = el(
    'section',
    { class: 'card', 'aria-label': 'Evaluations' },
    el('h3', {}, 'Evaluations'),
    el('p', { class: 'chart-caption' }, 'The same questions every time, which are never trained on.'),
    el(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': 'Table of evaluations' },
      table,
    ),
  );
  store.watch(
    (state) => currentRecord(state)?.evaluations,
    (evaluations = [], state) => {
      root.hidden = evaluations.length === 0;
      const columns = evaluationColumns(environmentOf(currentRecord(state)));
      const best = evaluations.findLast((e) => e.isBest);
      fill(
        table,
        el('thead', {}, headRow(columns)),
        el('tbody', {}, ...evaluations.map((e) => row(e, e === best, columns))),
      );
    },
  );
  return root;
}

function headRow(columns: readonly Column[]): HTMLElement {
  return el(
    'tr',
    {},
    el('th', { scope: 'col' }, 'Step'),
    ...columns.map((c) => el('th', { scope: 'col', title: c.explain }, c.head)),
  );
}

function row(e: EvalSummary, isBest: boolean, columns: readonly Column[]): HTMLElement {
  return el(
    'tr',
    { class: isBest ? 'is-best' : null },
    el(
      'th',
      { scope: 'row' },
      e.isBaseline ? 'start' : String(e.step),
      e.split === 'test' && el('span', { class: 'tag' }, 'test'),
      isBest && el('span', { class: 'tag tag-good' }, 'best'),
    ),
    ...columns.map((c) => el('td', {}, c.cell(e))),
  );
}
