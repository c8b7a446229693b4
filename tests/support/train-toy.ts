/** Whole runs of the toy policy, with what is asked of them afterwards. */
import type { EvalSummary, RunEvent, StepMetrics } from '../../src/grpo/types';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import type { IndexEntry } from '../../src/run/folder/run-index';
import { RunControl } from '../../src/run/train/control';
import { runTraining } from '../../src/run/train/trainer';
import type { Settings } from '../../src/settings/settings';
import { MemoryStore, toyRun, type ToyRun } from './toy-run';

export interface Finished extends ToyRun {
  readonly events: RunEvent[];
  readonly result: Awaited<ReturnType<typeof runTraining>>;
}

export async function train(
  changes: Partial<Settings> = {},
  store = new MemoryStore(),
  during: (event: RunEvent, control: RunControl) => void = () => undefined,
  prepare: (run: ToyRun) => ToyRun = (run) => run,
): Promise<Finished> {
  const run = prepare(toyRun(changes, store));
  const events: RunEvent[] = [];
  const control = new RunControl();
  const result = await runTraining(
    run.deps,
    run.settings,
    (event) => {
      events.push(event);
      during(event, control);
    },
    control,
  );
  return { ...run, events, result };
}

/** Metrics without what depends on the clock. */
export function records(store: MemoryStore): Partial<StepMetrics>[] {
  return store
    .text('metrics.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      for (const field of CLOCK_FIELDS) delete record[field];
      return record as Partial<StepMetrics>;
    });
}
export const pick = <K extends RunEvent['kind']>(events: readonly RunEvent[], kind: K) =>
  events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind);
export const evaluations = (events: readonly RunEvent[]): EvalSummary[] =>
  pick(events, 'evaluation').map(({ summary }) => summary);
export interface IndexFile {
  readonly checkpoints: readonly IndexEntry[];
  readonly best: string | null;
  readonly files: Readonly<Record<string, unknown>>;
}
export const index = (store: MemoryStore) => store.json('runs.json') as IndexFile;
export const stopAfter = (step: number) => (event: RunEvent, control: RunControl) => {
  if (event.kind === 'step' && event.metrics.step === step) control.stop();
};
