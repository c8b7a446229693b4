/** What one sees before the first run: the idea in three steps, and one conversation. */
import { EXAMPLE } from './example';
import { el } from './dom';
import type { PageStore } from './runner';
import { tokenLegend, tokenView } from './token-view';

export function createIntro(store: PageStore): HTMLElement {
  const root = el(
    'section',
    { class: 'card intro', 'aria-label': 'How it works' },
    el('h2', {}, 'How it works'),
    el(
      'ol',
      { class: 'steps' },
      el(
        'li',
        {},
        el('b', {}, 'Try. '),
        'The model gets a question, calls tools (to search a mailbox, say), reads what they return and answers, several times over, each time a little differently.',
      ),
      el(
        'li',
        {},
        el('b', {}, 'Compare. '),
        'Each try earns a reward. Better than its siblings is an advantage, worse is a disadvantage.',
      ),
      el(
        'li',
        {},
        el('b', {}, 'Learn. '),
        'The words of good tries become more likely, those of bad ones less. Only words the model wrote itself: that is the mask.',
      ),
    ),
    el('h3', {}, 'One try, token by token'),
    tokenLegend('mask', false),
    tokenView(EXAMPLE, { colouring: 'mask', label: 'Tokens of an example', promptOpen: true }),
  );
  store.watch(
    (state) => state.run.status === 'idle',
    (idle) => (root.hidden = !idle),
  );
  return root;
}
