/** Table of the evaluations of the present run. */
import type { EnvironmentInfo } from '../env/types';
import type { EvalSummary } from '../grpo/types';
import { el, fill } from './dom';
import { environmentOf, metricText } from './metrics';
import { NONE, number, percent, signed } from '../report/format';
import type { PageStore } from './runner';
import { currentRecord } from './state';

interface Column {
  readonly head: string;
  readonly explain: string;
  readonly cell: (e: EvalSummary) => string;
}

const BEFORE: readonly Column[] = [
  { head: 'Accuracy', explain: 'Share of right answers', cell: (e) => percent(e.accuracy) },
  {
    head: 'Right',
    explain: 'Right answers of all questions',
    cell: (e) => `${e.correctAnswers} / ${e.questions}`,
  },
];

const AFTER: readonly Column[] = [
  {
    head: 'Reward',
    explain: 'Mean ± standard deviation',
    cell: (e) => `${signed(e.avgReward)} ± ${number(e.stdReward, 2)}`,
  },
  {
    head: 'Turns',
    explain: 'Mean turns of right answers',
    cell: (e) => (e.avgTurnsCorrect === null ? NONE : number(e.avgTurnsCorrect)),
  },
];

/** The columns of every environment around this one's own. */
export function evaluationColumns({ metrics }: Pick<EnvironmentInfo, 'metrics'>): readonly Column[] {
  const own = Object.entries(metrics)
    .filter(([, info]) => info.inEvaluations)
    .map(([name, { label, description, unit }]) => ({
      head: label.slice(0, 1).toUpperCase() + label.slice(1),
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
