/** The views of environments that have one; all others are shown plainly. */
import { mailView } from './mail';
import { plainView } from './plain';
import type { EnvironmentView } from './types';

export type { EnvironmentView, MenuTask, OwnTaskForm } from './types';

const { createSource: _, importObstacle: __, ...withoutImport } = mailView;

const VIEWS: Readonly<Record<string, EnvironmentView>> = {
  mail: mailView,
  // Has no importer of its own.
  'mail-first-call': withoutImport,
};

export function viewOf(environment: string): EnvironmentView {
  return Object.hasOwn(VIEWS, environment) ? (VIEWS[environment] ?? plainView) : plainView;
}
