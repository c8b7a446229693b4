/** The views of environments that have one; all others are shown plainly. */
import { t } from '../texts';
import { mailQuestionsView, mailView } from './mail';
import { plainView } from './plain';
import type { EnvironmentView } from './types';

export type { EnvironmentView, MenuTask, OwnTask, OwnValues } from './types';

const VIEWS: Readonly<Record<string, EnvironmentView>> = {
  mail: mailView,
  'mail-first-call': { ...mailQuestionsView, lead: () => t.ask.lead.firstCall },
};

export function viewOf(environment: string): EnvironmentView {
  return Object.hasOwn(VIEWS, environment) ? (VIEWS[environment] ?? plainView) : plainView;
}
