/** Table of the evaluations of the present run. */
import type { EvalSummary } from '../grpo/types';
import { el, fill } from './dom';
import { NONE, number, percent, signed } from '../report/format';
import type { PageStore } from './runner';
import { currentRecord } from './state';

interface Column {
  readonly head: string;
  readonly explain: string;
  readonly cell: (e: EvalSummary) => string;
}

const COLUMNS: readonly Column[] = [
  { head: 'Accuracy', explain: 'Share of right answers', cell: (e) => percent(e.accuracy) },
  {
    head: 'Right',
    explain: 'Right answers of all questions',
    cell: (e) => `${e.correctAnswers} / ${e.questions}`,
  },
  { head: 'Answered', explain: 'Questions with an answer', cell: (e) => String(e.attemptedAnswer) },
  { head: '“I don’t know”', explain: 'Questions it declined to answer', cell: (e) => String(e.numIdk) },
  {
    head: 'Found mail',
    explain: 'A search returned the right mail',
    cell: (e) => String(e.foundCorrectEmail),
  },
  { head: 'Read mail', explain: 'The right mail was opened', cell: (e) => String(e.readCorrectEmail) },
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

export function createEvaluations(store: PageStore): HTMLElement {
  const body = el('tbody');
  const root = el(
    'section',
    { class: 'card', 'aria-label': 'Evaluations' },
    el('h3', {}, 'Evaluations'),
    el(
      'p',
      { class: 'chart-caption' },
      'The same questions every time, about mail that is never trained on.',
    ),
    el(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': 'Table of evaluations' },
      el(
        'table',
        {},
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            el('th', { scope: 'col' }, 'Step'),
            ...COLUMNS.map((c) => el('th', { scope: 'col', title: c.explain }, c.head)),
          ),
        ),
        body,
      ),
    ),
  );
  store.watch(
    (state) => currentRecord(state)?.evaluations,
    (evaluations = []) => {
      root.hidden = evaluations.length === 0;
      const best = evaluations.findLast((e) => e.isBest);
      fill(body, ...evaluations.map((e) => row(e, e === best)));
    },
  );
  return root;
}

function row(e: EvalSummary, isBest: boolean): HTMLElement {
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
    ...COLUMNS.map((c) => el('td', {}, c.cell(e))),
  );
}
