/** Puts the page together. */
import { createAsk } from './ask';
import { createCharts } from './charts';
import { createCompare } from './compare';
import { createControls } from './controls';
import { createDeviceChip, createDeviceHelp } from './device';
import { el, setText } from './dom';
import { createEvaluations } from './evaluations';
import { formFromHash, formToHash } from './form-state';
import { createIntro } from './intro';
import { createLog } from './log';
import { createMaskView } from './mask-view';
import { createProblemPanel } from './problem-panel';
import { createProgress } from './progress';
import type { PageStore, Runner } from './runner';
import { isActive } from './state';
import { createDownload, createStorage } from './storage';
import { createTabs } from './tabs';
import { createTrajectories } from './trajectories';

/** Draws everything into `host`, which index.html provides with the header around it. */
export function mountApp(host: HTMLElement, deviceSlot: HTMLElement, store: PageStore, runner: Runner): void {
  deviceSlot.replaceChildren(createDeviceChip(store));
  host.replaceChildren(
    el('aside', { class: 'side', 'aria-label': 'Set-up' }, createControls(store, runner)),
    el(
      'div',
      { class: 'content' },
      createProblemPanel(store, runner),
      createDeviceHelp(store),
      el('div', { class: 'run' }, createProgress(store, createDownload(store, runner)), createWarning(store)),
      createTabs(store, [
        { view: 'curves', label: 'Training', panel: createTraining(store) },
        { view: 'trajectories', label: 'Trajectories', panel: createTrajectories(store) },
        { view: 'mask', label: 'Masked or not?', panel: createMaskView(store) },
        { view: 'compare', label: 'Compare', panel: createCompare(store, runner) },
        { view: 'ask', label: 'Ask', panel: createAsk(store, runner) },
        { view: 'files', label: 'Adapters & storage', panel: createStorage(store, runner) },
        { view: 'log', label: 'Log', panel: createLog(store) },
      ]),
    ),
  );
  followAddress(store);
  showStart(store, host);
  warnBeforeClosing(store);
}

/** Before the first run what it is about, then its curves. */
function createTraining(store: PageStore): HTMLElement {
  const curves = el('div', {}, createCharts(store), createEvaluations(store));
  store.watch(
    (state) => state.run.status === 'idle',
    (idle) => (curves.hidden = idle),
  );
  return el('div', {}, createIntro(store), curves);
}

/** The newest warning of the run, e.g. that no group has any spread. */
function createWarning(store: PageStore): HTMLElement {
  const text = el('p', { role: 'status' });
  const close = el('button', {
    type: 'button',
    class: 'close',
    'aria-label': 'Hide this warning',
    on: { click: () => (node.hidden = true) },
  });
  close.textContent = '×';
  const node = el('div', { class: 'warning' }, text, close);
  store.watch(
    (state) => state.log.findLast((line) => line.kind === 'warning'),
    (line) => {
      setText(text, line?.text ?? '');
      node.hidden = line === undefined;
    },
  );
  return node;
}

/** Keeps the address and the form the same, in both directions. */
function followAddress(store: PageStore): void {
  store.watch(
    (state) => state.form,
    (form) => {
      const hash = formToHash(form);
      if (hash === location.hash.replace(/^#/, '')) return;
      history.replaceState(
        null,
        '',
        `${location.pathname}${location.search}${hash === '' ? '' : `#${hash}`}`,
      );
    },
  );
  addEventListener('hashchange', () => {
    if (isActive(store.state.run.status)) return;
    const { form, ignored } = formFromHash(location.hash);
    store.dispatch({ kind: 'form', form });
    tellIgnored(store, ignored);
  });
}

export function tellIgnored(store: PageStore, ignored: readonly string[]): void {
  if (ignored.length === 0) return;
  store.dispatch({
    kind: 'problem',
    problem: {
      title: 'Part of the link was not understood.',
      message: ignored.join(' '),
      remedy: 'Everything else in the link is used. Check the settings before you train.',
      tone: 'notice',
      resumeDir: null,
    },
  });
}

/** On narrow screens the run lies below its settings; starting it brings it into view. */
function showStart(store: PageStore, host: HTMLElement): void {
  store.watch(
    (state) => isActive(state.run.status),
    (active) => {
      if (active && matchMedia('(max-width: 60rem)').matches) {
        host.querySelector('.content')?.scrollIntoView({ block: 'start' });
      }
    },
  );
}

function warnBeforeClosing(store: PageStore): void {
  addEventListener('beforeunload', (event) => {
    if (isActive(store.state.run.status)) event.preventDefault();
  });
}
