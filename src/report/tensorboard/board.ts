/** A run's numbers as an event file of TensorBoard, record by record. */
import type { EvalSummary, RunEvent } from '../../grpo/types';
import { fileVersion, scalars, sessionStart } from './event';

/** Folder below a run's own; the run's index does not know it. */
export const TENSORBOARD_FOLDER = 'tensorboard';
/** What TensorBoard knows event files by, and by its end MailGym its own. */
export const eventFileName = (seconds: number): string =>
  `events.out.tfevents.${Math.floor(seconds)}.mailgym`;
export const isOwnEventFile = (name: string): boolean => /^events\.out\.tfevents\.\d+\.mailgym$/.test(name);

export class Board {
  readonly #append: (bytes: Uint8Array) => void;
  readonly #now: () => number;
  #lastStep: number | null = null;

  /**
   * @param append to the end of the file
   * @param now milliseconds since the epoch
   */
  constructor(append: (bytes: Uint8Array) => void, now: () => number) {
    this.#append = append;
    this.#now = now;
    append(fileVersion(now() / 1000));
  }

  /** Steps under `train/`, supervised ones under `warm_start/` from step 1 on, evaluations under their split. */
  follow(event: RunEvent): void {
    switch (event.kind) {
      case 'step': {
        const { step, maxSteps, ...numbers } = event.metrics;
        // A run that goes on from a checkpoint writes the steps after it again.
        if (this.#lastStep === null || step <= this.#lastStep)
          this.#append(sessionStart({ seconds: this.#seconds(), step }));
        this.#lastStep = step;
        void maxSteps;
        this.#write(step, 'train', numbers);
        return;
      }
      case 'warm-start': {
        const { step, ...numbers } = event.metrics;
        this.#write(event.steps + step, 'warm_start', numbers);
        return;
      }
      case 'evaluation':
        this.#write(event.summary.step, event.summary.split, evaluated(event.summary));
        return;
      case 'progress':
      case 'memory':
      case 'trajectories':
      case 'followed':
      case 'saved':
      case 'warning':
      case 'log':
      case 'end':
        return;
    }
  }

  #seconds(): number {
    return this.#now() / 1000;
  }

  #write(step: number, group: string, numbers: Readonly<Record<string, unknown>>): void {
    const there = Object.entries(numbers).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    const named = Object.fromEntries(there.map(([name, value]) => [`${group}/${name}`, value]));
    this.#append(scalars({ seconds: this.#seconds(), step }, named));
  }
}

function evaluated({
  accuracy,
  avgReward,
  beatRate,
  seconds,
  metrics,
  rewards,
}: EvalSummary): Record<string, number | null> {
  const parts = Object.entries(rewards).map(([name, value]) => [`rewards/${name}`, value] as const);
  return { accuracy, avgReward, beatRate, seconds, ...metrics, ...Object.fromEntries(parts) };
}
