/** The panel that tells what went wrong; the page below stays usable. */
import { el, fill } from './dom';
import type { PageStore, Runner } from './runner';

export function createProblemPanel(store: PageStore, runner: Runner): HTMLElement {
  const root = el('div', { class: 'problem-slot' });
  store.watch(
    (state) => state.problem,
    (problem) => {
      if (problem === null) return fill(root);
      const { resumeDir, resumeFrom } = problem;
      const close = (): void => store.dispatch({ kind: 'problem', problem: null });
      fill(
        root,
        el(
          'section',
          { class: `card problem problem-${problem.tone ?? 'error'}`, role: 'alert' },
          el('h2', {}, problem.title),
          el('p', {}, problem.message),
          el('p', {}, problem.remedy),
          el(
            'div',
            { class: 'button-row' },
            resumeDir !== null &&
              el(
                'button',
                {
                  type: 'button',
                  class: 'primary',
                  on: { click: () => void runner.continueRun(resumeDir, resumeFrom) },
                },
                `Go on from ${resumeFrom ?? 'the last save'}`,
              ),
            el('button', { type: 'button', class: 'quiet', on: { click: close } }, 'Close'),
          ),
        ),
      );
    },
  );
  return root;
}
