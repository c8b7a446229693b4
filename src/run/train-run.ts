/** A whole training run: opened, trained, and opened anew when the GPU is taken away. */
import type { RunEvent } from '../grpo/types';
import type { Settings } from '../settings/settings';
import { openRun, type OpenRunOptions } from './open-run';
import type { Session } from './session';
import type { RunStore } from './stores/run-store';
import type { RunControl } from './train/control';
import { trainThroughLosses } from './train/through-losses';
import { runTraining, type RunSummary } from './train/trainer';

export interface TrainRunOptions extends OpenRunOptions {
  /** Called when the run has been opened, before its first step; again after a loss of the GPU. */
  readonly onOpened?: () => void;
}

/**
 * Trains in a session. A loss of the GPU is answered as {@link trainThroughLosses} says, unless the device was lent to the
 * session: only its owner can open another one.
 * @throws EnvironmentError, PolicyError, GpuError, SettingsError, TrainingError, StorageError
 */
export function trainRun(
  session: Session,
  settings: Settings,
  store: RunStore,
  onEvent: (event: RunEvent) => void,
  control: RunControl,
  { onOpened, ...options }: TrainRunOptions = {},
): Promise<RunSummary> {
  const train = async (wanted: Settings, follow: (event: RunEvent) => void): Promise<RunSummary> => {
    const opened = await openRun(session, wanted, store, follow, options);
    try {
      onOpened?.();
      return await runTraining(opened.deps, opened.settings, follow, control);
    } finally {
      opened.dispose();
    }
  };
  if (session.platform.device !== undefined) return train(settings, onEvent);
  return trainThroughLosses(settings, onEvent, {
    train,
    deviceLost: () => session.deviceLost,
    forget: () => session.dispose(),
    endsAnyway: () => control.stopRequested,
  });
}
