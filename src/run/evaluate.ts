/** Evaluation without training, as `npm run evaluate` and the page report it. */
import type { FileMap } from '../formats/files';
import type { Split } from '../env/types';
import { evaluateBothWays } from '../grpo/evaluate';
import type { RunEvent } from '../grpo/types';
import type { Settings } from '../settings/settings';
import { openRun } from './open-run';
import type { Session } from './session';
import { MemoryStore } from './stores/memory-store';
import type { EvaluationReport } from './types';

/**
 * @param adapter files of a PEFT folder; null for the bare model
 * @throws EnvironmentError, PolicyError, TrainingError, GpuError
 */
export async function evaluateAdapter(
  session: Session,
  wanted: Settings,
  split: Split,
  adapter: FileMap | null,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<EvaluationReport> {
  const options = {
    ready: 'evaluation',
    ...(adapter === null ? {} : { adapter }),
    ...(signal === undefined ? {} : { signal }),
  } as const;
  const run = await openRun(session, wanted, new MemoryStore(), onEvent, options);
  try {
    // A fresh adapter changes nothing, so without one this is the bare model.
    return await evaluateBothWays(
      run.deps,
      run.settings,
      run.environment.tasks[split].slice(0, run.settings.evalDatasetSize),
      {
        step: 0,
        split,
        onProgress: (done, total) =>
          onEvent({ kind: 'progress', phase: 'evaluating', done, total, note: split }),
        onWarning: (message) => onEvent({ kind: 'warning', message }),
        ...(signal === undefined ? {} : { signal }),
      },
    );
  } finally {
    run.dispose();
  }
}
