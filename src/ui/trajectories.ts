/** The latest trajectories: a list by question, and the tokens of the one that is open. */
import type { TrajectoryView } from '../grpo/types';
import { el, fill, hidden, setText } from './dom';
import { count, percent, signed } from '../report/format';
import type { PageStore } from './runner';
import { openTrajectory, shownBatch, type Colouring, type TrajectoryState } from './state';
import { tokenLegend, tokenView } from './token-view';
import { endText, questionGroups, trained, verdict, VERDICT_SIGN, type QuestionGroup } from './tokens';

const COLOURINGS: readonly (readonly [Colouring, string])[] = [
  ['mask', 'Mask'],
  ['advantage', 'Advantage'],
  ['logprob', 'Log-prob'],
];

export function createTrajectories(store: PageStore): HTMLElement {
  const empty = el(
    'p',
    { class: 'empty' },
    'No trajectories yet. While a run goes on, every conversation of the latest steps appears here: what the model searched, read and answered, token by token.',
  );
  const stepSelect = el('select', {
    'aria-label': 'Step whose trajectories are shown',
    on: {
      change: () => {
        const value = stepSelect.value;
        store.dispatch({ kind: 'trajectory-step', step: value === 'latest' ? null : Number(value) });
      },
    },
  });
  const list = el('div', { class: 'traj-list' });
  const detail = el('div', { class: 'traj-detail' });
  const body = el(
    'div',
    { class: 'traj' },
    el('div', { class: 'traj-side' }, el('label', { class: 'traj-step' }, 'Step ', stepSelect), list),
    detail,
  );

  store.watch(
    (state) => state.trajectories.batches.length > 0,
    (some) => {
      empty.hidden = some;
      body.hidden = !some;
    },
  );
  store.watch(
    (state) => state.trajectories,
    (trajectories) => drawSteps(stepSelect, trajectories),
  );
  store.watch(
    (state) => shownBatch(state.trajectories),
    (batch) => {
      const open = store.state.trajectories.open;
      fill(list, ...questionGroups(batch?.items ?? []).map((group) => groupNode(group, store)));
      markOpen(list, open);
    },
  );
  store.watch(
    (state) => state.trajectories.open,
    (open) => markOpen(list, open),
  );
  let drawn: { item: TrajectoryView | null; colouring: Colouring | null } = { item: null, colouring: null };
  store.watch(
    (state) => state.trajectories,
    (trajectories) => {
      const item = openTrajectory(trajectories);
      const { colouring } = trajectories;
      if (item === drawn.item && colouring === drawn.colouring && detail.firstChild) return;
      const sameItem = item === drawn.item && item !== null;
      const scroll = sameItem ? (detail.querySelector('.tok-body')?.scrollTop ?? 0) : 0;
      const hadFocus =
        document.activeElement instanceof HTMLInputElement && detail.contains(document.activeElement);
      drawn = { item, colouring };
      fill(detail, item === null ? hint() : detailNode(item, colouring, store));
      const view = detail.querySelector('.tok-body');
      if (view) view.scrollTop = scroll;
      if (hadFocus) detail.querySelector<HTMLInputElement>('input:checked')?.focus();
      if (item !== null && !sameItem && matchMedia('(max-width: 60rem)').matches) {
        detail.scrollIntoView({ block: 'start' });
      }
    },
  );
  return el('div', {}, empty, body);
}

function drawSteps(select: HTMLSelectElement, trajectories: TrajectoryState): void {
  const newest = trajectories.batches.at(-1)?.step;
  const options = [...trajectories.batches]
    .reverse()
    .map((b) => el('option', { value: b.step }, `${b.step}`));
  fill(select, el('option', { value: 'latest' }, `newest (${newest ?? '–'})`), ...options);
  select.value = trajectories.step === null ? 'latest' : String(trajectories.step);
}

function groupNode(group: QuestionGroup, store: PageStore): HTMLElement {
  return el(
    'section',
    { class: 'traj-group', 'aria-label': group.question },
    el('h3', {}, group.question),
    el(
      'p',
      { class: 'traj-gold' },
      group.goldAnswer !== null && 'Right answer: ',
      group.goldAnswer !== null && el('b', {}, group.goldAnswer),
      group.goldAnswer !== null && ' · ',
      group.right === null
        ? count(group.items.length, 'rollout')
        : `${group.right} of ${group.items.length} right`,
      !group.kept &&
        el(
          'span',
          { class: 'tag', title: 'All its rewards are alike, so there is nothing to compare.' },
          'not trained',
        ),
    ),
    el('ul', {}, ...group.items.map((item) => el('li', {}, itemButton(item, store)))),
  );
}

function itemButton(item: TrajectoryView, store: PageStore): HTMLElement {
  const result = verdict(item);
  return el(
    'button',
    {
      type: 'button',
      class: 'traj-item',
      'data-key': `${item.group}/${item.rollout}`,
      on: {
        click: () => store.dispatch({ kind: 'trajectory-open', group: item.group, rollout: item.rollout }),
      },
    },
    el(
      'span',
      { class: `verdict verdict-${result.replace(' ', '-')}`, 'aria-hidden': 'true' },
      VERDICT_SIGN[result],
    ),
    hidden(`${result}: `),
    el('span', { class: 'traj-answer' }, item.answer ?? endText(item.endReason)),
    el(
      'span',
      { class: 'traj-numbers' },
      hidden('reward '),
      signed(item.reward),
      hidden(', advantage '),
      advantageMark(item.advantage),
    ),
  );
}

function advantageMark(advantage: number): HTMLElement {
  const sign = advantage > 0.005 ? 'up' : advantage < -0.005 ? 'down' : 'flat';
  return el('span', { class: `advantage advantage-${sign}` }, signed(advantage));
}

function markOpen(list: HTMLElement, open: { group: number; rollout: number } | null): void {
  const key = open === null ? '' : `${open.group}/${open.rollout}`;
  for (const button of list.querySelectorAll<HTMLElement>('.traj-item')) {
    if (button.dataset['key'] === key) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}

function hint(): HTMLElement {
  return el('p', { class: 'empty' }, 'Open a rollout to see its tokens.');
}

function detailNode(item: TrajectoryView, colouring: Colouring, store: PageStore): HTMLElement {
  const result = verdict(item);
  const trainsTools = item.source.some((source, i) => source === 2 && (item.lossMask[i] ?? 0) > 0);
  const count1 = trained(item.lossMask);
  const toggle = el(
    'fieldset',
    { class: 'segmented' },
    el('legend', {}, 'Colour by'),
    ...COLOURINGS.map(([value, label]) =>
      el(
        'label',
        {},
        el('input', {
          type: 'radio',
          name: 'colouring',
          value,
          checked: value === colouring,
          on: { change: () => store.dispatch({ kind: 'colouring', colouring: value }) },
        }),
        el('span', {}, label),
      ),
    ),
  );
  const answer = el('p', { class: 'traj-verdict' });
  fill(
    answer,
    el(
      'span',
      { class: `verdict verdict-${result.replace(' ', '-')}`, 'aria-hidden': 'true' },
      VERDICT_SIGN[result],
    ),
    el('b', {}, ` ${result}`),
    item.answer === null ? ` · ${endText(item.endReason)}` : ` · “${item.answer}”`,
  );
  const facts = el('p', { class: 'traj-facts' });
  setText(
    facts,
    `Reward ${signed(item.reward)} · advantage ${signed(item.advantage)} · ${count1} of ${count(item.tokens.length, 'token')} trained (${percent(count1 / Math.max(1, item.tokens.length))})`,
  );
  return el(
    'article',
    { 'aria-label': `Rollout ${item.rollout + 1} of “${item.question}”` },
    el('h3', {}, item.question),
    answer,
    facts,
    el('div', { class: 'traj-tools' }, toggle, tokenLegend(colouring, trainsTools)),
    tokenView(item, { colouring, label: `Tokens of rollout ${item.rollout + 1}` }),
  );
}
