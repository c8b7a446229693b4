/** A run that goes on by itself when the GPU is taken away. */
import { MailGymError } from '../../errors';
import { TrainingError } from '../../errors/training';
import { DeviceLostError } from '../../kernels/errors';
import { checkpointStep } from '../../report/run-files';
import type { RunEvent } from '../../grpo/types';
import type { Settings } from '../../settings/settings';
import type { RunSummary } from './trainer';

/** Losses without a save in between after which a run ends: what takes the GPU away each time will do so again. */
export const MOST_LOSSES = 3;
/** Milliseconds before the first and the second rebuilding: a browser's GPU process needs a moment to come back. */
const PAUSES = [1000, 5000];

export interface Attempts {
  /** Trains until the end; whatever it opened is closed when it fails. */
  readonly train: (settings: Settings, onEvent: (event: RunEvent) => void) => Promise<RunSummary>;
  /** Why the device went away, as far as it is known; null where it is there. */
  readonly deviceLost: () => string | null;
  /** Forgets everything that lay on the lost device. */
  readonly forget: () => void;
  /** Whether somebody wants the run to end, so that it is not begun again. */
  readonly endsAnyway: () => boolean;
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/**
 * Trains, and after a loss of the GPU opens everything anew and goes on from the last save, or begins again where nothing was
 * saved. Resumed runs do what undisturbed ones do, so the metrics are those of a run that kept its GPU; steps after the last
 * save are computed, and told, again.
 * @throws TrainingError after {@link MOST_LOSSES} losses without a save in between; all saves are kept
 */
export async function trainThroughLosses(
  settings: Settings,
  onEvent: (event: RunEvent) => void,
  attempts: Attempts,
): Promise<RunSummary> {
  const { pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = attempts;
  let losses = 0;
  let saved: string | null = null;
  const follow = (event: RunEvent): void => {
    if (event.kind === 'saved' && checkpointStep(event.path) !== null) {
      saved = event.path;
      losses = 0;
    }
    onEvent(event);
  };
  for (;;) {
    try {
      const wanted: Settings = saved === null ? settings : { ...settings, resume: 'latest' };
      return await attempts.train(wanted, follow);
    } catch (error) {
      // What fails on a lost device may be told before the loss itself is.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const reason = reasonOf(error, losses > 0) ?? attempts.deviceLost();
      if (reason === null || attempts.endsAnyway()) throw error;
      attempts.forget();
      losses++;
      if (losses >= MOST_LOSSES)
        throw TrainingError.of(
          'training/device-lost-again',
          { times: losses, reason, saved },
          { cause: error },
        );
      onEvent({
        kind: 'warning',
        message:
          `The GPU was lost (${reason}). It is opened anew, and the run ${saved === null ? 'begins again: nothing was saved yet' : `goes on from ${saved}`} ` +
          `(${losses} of at most ${MOST_LOSSES - 1} times without a save in between).`,
      });
      await pause(PAUSES[losses - 1] ?? 0);
      if (attempts.endsAnyway()) throw error;
    }
  }
}

/** Kinds of failures to open a device, which after a loss are of the same cause. */
const NOT_BACK: readonly string[] = ['gpu/no-adapter', 'gpu/no-device'];

function reasonOf(error: unknown, wasLost: boolean): string | null {
  if (error instanceof DeviceLostError) return error.reason;
  if (wasLost && error instanceof MailGymError && NOT_BACK.includes(error.code)) return error.message;
  return null;
}
