/** What follows the state outside of the views: the address, the language of the document, the storage, the questions to be asked. */
import { computed, effect, untracked } from '@preact/signals';
import { menuKey } from './ask-state';
import { addressOf, fromAddress } from './address';
import { rememberLessons } from './lessons/state';
import type { Page } from './page';
import { isActive, type Problem } from './state';
import { statusText } from './run/run-words';
import { t } from './texts';
import { chosenLanguage, language, rememberLanguage, speak } from './texts/language';

export function followState(page: Page, content: () => Element | null): void {
  followLanguage();
  followAddress(page);
  keepLessons(page);
  showStart(page, content);
  showInTitle(page);
  listSaved(page);
  readQuestions(page);
  addEventListener('beforeunload', (event) => {
    if (isActive(page.now().run.status)) event.preventDefault();
  });
}

/** The words around the views, which index.html has in English, and the language that the document says it is in. */
export function followLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    const words: Readonly<Record<string, string | undefined>> = t.app.page;
    for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
      node.textContent = words[node.dataset['text'] ?? ''] ?? node.textContent;
    }
    const { description } = t.app.page;
    document.querySelector('meta[name="description"]')?.setAttribute('content', description);
  });
  effect(() => {
    if (chosenLanguage.value !== null) rememberLanguage(chosenLanguage.value);
  });
}

/** Keeps the address and the form the same, in both directions. */
function followAddress({ live, dispatch, now }: Page): void {
  effect(() => {
    const hash = addressOf(live, chosenLanguage.value);
    if (hash === location.hash.replace(/^#/, '')) return;
    history.replaceState(null, '', `${location.pathname}${location.search}${hash === '' ? '' : `#${hash}`}`);
  });
  addEventListener('hashchange', () => {
    const {
      form,
      view,
      runsView,
      offer,
      lesson,
      language: named,
      ignored,
    } = fromAddress(location.hash, location.href);
    // Where its texts cannot be fetched, the page goes on in the language that it has.
    if (named !== null) void speak(named, true).catch(() => undefined);
    if (lesson !== null) dispatch({ kind: 'lesson', place: lesson });
    if (isActive(now().run.status)) return;
    dispatch({ kind: 'form', form });
    if (view !== null) dispatch({ kind: 'view', view });
    dispatch({ kind: 'runs-view', runsView });
    if (offer !== null) dispatch({ kind: 'offer', offer });
    if (ignored.length > 0) dispatch({ kind: 'problem', problem: ignoredProblem(location.hash) });
  });
}

/** @param hash with parts that say nothing to this page */
export function ignoredProblem(hash: string): Problem {
  return {
    get title() {
      return t.app.link.title;
    },
    get message() {
      return t.app.sentences(fromAddress(hash, location.href).ignored);
    },
    get remedy() {
      return t.app.link.remedy;
    },
    tone: 'notice',
    resumeDir: null,
  };
}

/** Progress of lessons, and the settings that they have put aside, outlive the visit. */
function keepLessons({ live }: Page): void {
  effect(() => rememberLessons(live.lessons));
}

/** On narrow screens the run lies below its settings; starting it brings it into view. */
function showStart({ derived }: Page, content: () => Element | null): void {
  effect(() => {
    if (derived.busy.value && matchMedia('(max-width: 60rem)').matches) {
      // Once it is drawn.
      requestAnimationFrame(() => requestAnimationFrame(() => content()?.scrollIntoView({ block: 'start' })));
    }
  });
}

/** How far the run is, also while the page is in the background. */
function showInTitle({ live, derived }: Page): void {
  effect(() => {
    const { status, maxSteps } = live.run;
    const step = derived.record.value?.steps.at(-1)?.step ?? 0;
    document.title =
      status === 'idle'
        ? t.app.page.title
        : isActive(status)
          ? t.run.title(t.run.stepOf(step, maxSteps))
          : t.run.title(statusText(live.run));
  });
}

/** Lists the storage anew when a run has saved something. */
function listSaved({ live, runner }: Page): void {
  const saved = computed(() => live.run.saved);
  effect(() => {
    if (saved.value.length > 0) void untracked(() => runner.refreshFiles());
  });
}

/** Reads what can be asked when that is first looked at, and again for other tasks. */
function readQuestions(page: Page): void {
  const { live, derived, asker, now } = page;
  const load = (): void => {
    const { settings } = derived.resolved.peek();
    if (settings !== null) void untracked(() => asker.loadAskMenu(settings));
  };
  const wanted = computed(() => {
    const { settings } = derived.resolved.value;
    return live.view !== 'ask' || settings === null ? null : menuKey(settings);
  });
  effect(() => {
    if (wanted.value !== null && now().ask.menu?.key !== wanted.value) load();
  });
  const questions = computed(() => {
    const { info } = live.mail;
    return info === undefined ? undefined : JSON.stringify(info);
  });
  let known: string | undefined;
  effect(() => {
    const before = known;
    known = questions.value;
    // The first word of the mail changes nothing.
    if (before === undefined || known === before || now().ask.menu === null) return;
    if (known === 'null') page.dispatch({ kind: 'ask-menu', menu: null });
    else load();
  });
}
