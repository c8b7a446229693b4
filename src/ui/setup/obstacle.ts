/** What stands in the way of training, and which buttons a run has. Pure. */
import { GIVEN_MODEL } from '../../settings/choices';
import { needed } from '../reach/reach';
import { viewOf } from '../environments';
import { fieldText, formEnvironment, type ResolvedForm } from '../form-state';
import { isActive, type RunStatus, type State } from '../state';
import { t } from '../texts';

/** Which buttons a status allows. */
export function allowedButtons(status: RunStatus): {
  train: boolean;
  pause: boolean;
  resume: boolean;
  stop: boolean;
} {
  return {
    train: !isActive(status),
    pause: status === 'running' || status === 'starting' || status === 'pausing',
    resume: status === 'paused',
    stop: isActive(status),
  };
}

/** Name of the file or folder that the model is, where the page does not have it (any more). */
export function missingModel({ form, models }: Pick<State, 'form' | 'models'>): string | null {
  const model = fieldText(form, 'model').trim();
  if (!model.startsWith(GIVEN_MODEL) || models.some((one) => one.model === model)) return null;
  return model.slice(GIVEN_MODEL.length);
}

/** Why Train cannot be pressed now, or null. @param resolved the state's form */
export function trainObstacle(
  state: Pick<State, 'device' | 'form' | 'importing' | 'mail' | 'models' | 'openingModel' | 'reach'>,
  { problems }: Pick<ResolvedForm, 'problems'>,
): string | null {
  const { device } = state;
  if (device.kind === 'checking') return t.device.looking;
  if (device.kind === 'unknown') return t.setup.notStarted;
  if (!device.report.ok) return t.setup.needsWebgpu;
  if (problems.size > 0) return t.setup.wrongSettings(problems.size);
  const gone = missingModel(state);
  if (gone !== null) return t.setup.modelGone(gone);
  const elsewhere = needed({ ...state, reachAsked: null });
  if (elsewhere !== null) return t.reach.obstacle(elsewhere.host);
  if (state.openingModel !== null) return t.setup.openingModel(state.openingModel);
  if (state.importing) return t.setup.reading;
  return viewOf(formEnvironment(state.form)).sourceObstacle?.(state) ?? null;
}
