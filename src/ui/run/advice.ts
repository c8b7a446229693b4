/** What to say where there is no graphics card: how long it takes, and what would be shorter. Pure. */
import type { Settings } from '../../settings/settings';
import { presetSettings } from '../../settings/schema';
import { formSchema, resolveForm } from '../form-state';
import { currentRecord, isActive, type State } from '../state';

export const QUICK = 'quick';

export type Advice =
  /** Before a run: nothing has been measured yet. */
  | { readonly kind: 'offer' }
  /** From the steps of the run that goes on; minutes, rounded up. */
  | {
      readonly kind: 'measured';
      readonly secondsPerStep: number;
      readonly minutes: number;
      readonly quickMinutes: number;
    };

/** Null with a graphics card, and where Quick would not be much shorter. */
export function adviceOf(state: Pick<State, 'device' | 'form' | 'run' | 'records' | 'queue'>): Advice | null {
  const { device, form } = state;
  if (device.kind !== 'known' || !device.report.ok || !device.report.software || state.queue !== null)
    return null;
  const quick = presetSettings(formSchema(form), QUICK);
  if (!isActive(state.run.status)) {
    const { settings } = resolveForm(form);
    return settings !== null && work(settings) > 2 * work(quick) ? { kind: 'offer' } : null;
  }
  const record = currentRecord(state as State);
  if (record === null || record.settings === null || record.steps.length === 0) return null;
  const { settings, steps } = record;
  if (work(settings) <= 2 * work(quick)) return null;
  const spent = steps.reduce((sum, step) => sum + step.rolloutSeconds + step.trainSeconds, 0);
  const perStep = spent / steps.length;
  const left = settings.maxSteps - (steps.at(-1)?.step ?? 0);
  return {
    kind: 'measured',
    secondsPerStep: perStep,
    minutes: Math.ceil((perStep * left) / 60),
    quickMinutes: Math.ceil((perStep * quick.maxSteps * rollouts(quick)) / rollouts(settings) / 60),
  };
}

/** Rollouts of a step, which its time goes with. */
function rollouts({ batchSize, numGenerations }: Pick<Settings, 'batchSize' | 'numGenerations'>): number {
  return batchSize * numGenerations;
}

function work(settings: Pick<Settings, 'batchSize' | 'numGenerations' | 'maxSteps'>): number {
  return settings.maxSteps * rollouts(settings);
}
