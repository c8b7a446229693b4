/** Does what a step's button says: settings, views, runs. */
import {
  EMPTY_FORM,
  formEnvironment,
  formToHash,
  withEdit,
  withEnvironment,
  type FormState,
} from '../form-state';
import type { Page } from '../page';
import type { StepAction } from './types';

/** The form that a lesson wants. @param form the visitor's own, which no lesson has changed */
export function lessonForm(
  form: FormState,
  { environment, preset, edits }: Extract<StepAction, { kind: 'settings' }>,
): FormState {
  const isThere = formEnvironment(form) === environment && form.preset === preset;
  const start = isThere ? form : { ...withEnvironment(EMPTY_FORM, environment), preset };
  return Object.entries(edits).reduce((next, [key, text]) => withEdit(next, key, text), start);
}

export const isSameForm = (a: FormState, b: FormState): boolean => formToHash(a) === formToHash(b);

/** Runs go on after it returns. */
export function perform({ dispatch, now, derived, runner }: Page, actions: readonly StepAction[]): void {
  for (const action of actions) {
    switch (action.kind) {
      case 'settings': {
        const { form, lessons } = now();
        const next = lessonForm(lessons.ownForm ?? form, action);
        if (isSameForm(form, next)) break;
        // The visitor's own are kept before the first change, and given back when asked for.
        if (lessons.ownForm === null) dispatch({ kind: 'lesson-own-form', form });
        dispatch({ kind: 'form', form: next });
        break;
      }
      case 'view':
        dispatch({ kind: 'view', view: action.view });
        break;
      case 'train': {
        const { settings } = derived.resolved.peek();
        if (settings !== null) void runner.train(settings, now().form.preset);
        break;
      }
      case 'compare': {
        const { settings } = derived.resolved.peek();
        if (settings !== null) void runner.compareModes(settings, now().form.preset, action.seeds);
        break;
      }
      case 'choose':
        dispatch({ kind: 'records-chosen', ids: action.runs(now()) });
        break;
    }
  }
}

/** Whether a step's actions start a run, which only one at a time can. */
export const startsRun = (actions: readonly StepAction[]): boolean =>
  actions.some(({ kind }) => kind === 'train' || kind === 'compare');
