/** Teaching view: which tokens of one trajectory would be trained with the mask, and which without. */
import type { TrajectoryView } from '../grpo/types';
import { EXAMPLE } from './example';
import { el, fill } from './dom';
import { percent } from '../report/format';
import type { PageStore } from './runner';
import { openTrajectory, shownBatch, type State } from './state';
import { tokenLegend, tokenView } from './token-view';
import { modeMask, mostTelling, trained } from './tokens';

export function createMaskView(store: PageStore): HTMLElement {
  const source = el('p', { class: 'note' });
  const columns = el('div', { class: 'mask-columns' });
  store.watch(subject, (item) => {
    fill(
      source,
      item === EXAMPLE
        ? 'This is an example made by hand. Once a run has started, the trajectory you open in “Trajectories” is shown here.'
        : `The trajectory on “${item.question}” of this run.`,
    );
    fill(columns, column(item, 'masked'), column(item, 'rollout'));
  });
  return el(
    'div',
    { class: 'mask-view' },
    el('h2', {}, 'What the mask does'),
    el(
      'p',
      { class: 'lead' },
      'A conversation with tools is one long text, but the model wrote only part of it: its searches and its answer. The rest came from the mailbox. Training changes how likely each counted token becomes, so it matters which tokens count.',
    ),
    source,
    columns,
    tokenLegend('mask', true),
  );
}

/** The open trajectory, else the most telling one of the shown step, else the example. */
function subject(state: State): TrajectoryView {
  const open = openTrajectory(state.trajectories);
  if (open !== null) return open;
  return mostTelling(shownBatch(state.trajectories)?.items ?? []) ?? EXAMPLE;
}

function column(item: TrajectoryView, mode: 'masked' | 'rollout'): HTMLElement {
  const mask = modeMask(item.source, mode);
  const counted = trained(mask);
  const total = item.tokens.length;
  const title = mode === 'masked' ? 'Masked' : 'Unmasked';
  return el(
    'section',
    { class: `mask-column mask-${mode}`, 'aria-label': title },
    el('h3', {}, title),
    el(
      'p',
      { class: 'mask-share' },
      el(
        'span',
        { class: 'share-bar', 'aria-hidden': 'true' },
        el('i', { style: `width: ${(100 * counted) / Math.max(1, total)}%` }),
      ),
      `${counted} of ${total} tokens trained (${percent(counted / Math.max(1, total))})`,
    ),
    el(
      'p',
      {},
      mode === 'masked'
        ? 'Only what the model chose counts. A good answer makes its own searches and words more likely, and nothing else.'
        : 'Everything after the prompt counts. After a good answer the model is also pushed to foretell the mails it was shown, and after a bad one to find them unlikely: text that it never chose.',
    ),
    tokenView(item, { colouring: 'mask', mask, label: `Tokens in ${title.toLowerCase()} mode` }),
  );
}
