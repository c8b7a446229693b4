/** The views of environments that have one; all others are shown plainly. */
import { mailQuestionsView, mailView } from './mail';
import { plainView } from './plain';
import type { EnvironmentView } from './types';

export type { EnvironmentView, MenuTask, OwnTaskForm } from './types';

const VIEWS: Readonly<Record<string, EnvironmentView>> = {
  mail: mailView,
  'mail-first-call': {
    ...mailQuestionsView,
    lead: 'The model makes its first call about the question, exactly as in the evaluations. Nothing is run and no answer judged.',
  },
};

export function viewOf(environment: string): EnvironmentView {
  return Object.hasOwn(VIEWS, environment) ? (VIEWS[environment] ?? plainView) : plainView;
}
